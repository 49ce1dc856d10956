"""What each room shows, as data (docs/explanation/web-face.md)."""
