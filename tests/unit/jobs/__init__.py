"""Tests of the life of a job that need nothing but memory."""
