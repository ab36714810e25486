"""Parts of the scripts that start runs of the trainer and compare their records."""
