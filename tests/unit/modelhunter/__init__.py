"""What the API's answers mean."""
