"""Cars as they are seen: bodies, how they lean, pictures of them at any scale."""
