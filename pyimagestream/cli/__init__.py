"""The command line: a module for each group of commands, which parses, calls and prints."""
