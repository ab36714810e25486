#ifndef BUILD_COMMIT_H
#define BUILD_COMMIT_H

/// The commit that the program was built from; an empty text if it was not given to the build.
extern const char *const build_commit;

#endif
