"""Interviews: an account taken; its recording is an exhibit."""
