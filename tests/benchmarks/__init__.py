"""The bot's ways compared with the obvious ones: `make benchmark`. No part of the tests."""
