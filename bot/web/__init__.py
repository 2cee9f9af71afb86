"""One small web server: health for the container, webhooks and metrics later."""
