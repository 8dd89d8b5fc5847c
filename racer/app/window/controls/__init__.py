"""Controls: what a scene offers to press, choose, slide and fill in, by keyboard, mouse and pad."""
