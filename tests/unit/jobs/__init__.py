"""Tests of jobs that need nothing but memory."""
