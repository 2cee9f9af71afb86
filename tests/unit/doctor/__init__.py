"""The rules of the doctor."""
