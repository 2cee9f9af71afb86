"""Media: download, recognise and transcode files that are not trusted; knows no job."""
