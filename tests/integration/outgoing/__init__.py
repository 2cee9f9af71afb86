"""The way to the internet against real TLS and a real proxy, on loopback."""
