"""Connections, backups, locks and full disks, with real files."""
