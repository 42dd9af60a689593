"""Traces: the message log as files of several formats, ours and others', read and written as streams of facts."""
