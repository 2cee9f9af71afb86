"""Make a file small enough to upload: the step of delivery between the file itself and a link."""
