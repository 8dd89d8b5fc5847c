"""What stands close behind the barriers: who watches, who works there, what is advertised."""
