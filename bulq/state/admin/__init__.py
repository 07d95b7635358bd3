"""The admins' tables, files and dialogs."""
