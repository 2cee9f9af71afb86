"""Files of unknown making: downloading, recognising and transcoding them."""
