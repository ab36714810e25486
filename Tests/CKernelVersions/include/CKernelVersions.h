// Replaced by the first real declarations.
