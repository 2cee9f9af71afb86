"""The models as data, and what is made of them."""
