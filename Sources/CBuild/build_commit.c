#include "build_commit.h"

// Package.swift defines it from the environment. This file alone is compiled again for another commit.
#ifndef TRAINER_COMMIT
#define TRAINER_COMMIT ""
#endif

const char *const build_commit = TRAINER_COMMIT;
