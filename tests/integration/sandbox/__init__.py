"""The sandbox's two servers."""
