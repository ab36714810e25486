// Counts a program's calls that concern files below a folder, and makes one of them fail or end the process.
//
// Loaded by LD_PRELOAD into a program that was not built for it. Environment variables:
//
//   FAULT_FOLDER  the folder, an absolute path without links; calls for other files are not touched
//   FAULT_LOG     a file outside of the folder to which a line is appended for each call
//   FAULT_CALL    the call, by the name of its group: open, read, write ... (see the functions below)
//   FAULT_PATH    the files whose calls are counted: a pattern of fnmatch(3), relative to the folder
//   FAULT_NUMBER  the call at which it happens, counted from 1
//   FAULT_KIND    what happens:
//                   an error number   the call fails with it, and does nothing
//                   short             a read or write does only half of what is asked
//                   torn              a write does only half, and the next call fails with ENOSPC
//                   before, after     the process is killed before or after the call
//                   within            the process is killed after half of a write
//   FAULT_REPEAT  once; path: from then on, for files of the pattern; all: from then on, for every file below the
//                 folder. An interruption (EINTR) is repeated at every other call, so that a retry succeeds.
//
// A line of the log has, separated by tabs: the call, the path relative to the folder, the result, the error number
// (0 if the call succeeded), and what was done to it (- if nothing). For a rename, the path is the new one, and the
// old one follows as a further field.
//
// Paths of descriptors are those that the kernel knows, so descriptors that were copied or inherited count too.
// Calls that the C library makes internally cannot be replaced. So opendir, realpath, fopen and the like are
// replaced themselves.

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

// MARK: What the variables say

enum kind { KIND_NONE, KIND_ERROR, KIND_SHORT, KIND_TORN, KIND_BEFORE, KIND_WITHIN, KIND_AFTER };
enum repeat { REPEAT_ONCE, REPEAT_PATH, REPEAT_ALL };

static struct {
  char folder[PATH_MAX];
  size_t folder_length;
  const char *call;
  const char *pattern;
  long number;
  enum kind kind;
  int error;
  enum repeat repeat;
  int log;
} plan = {.log = -1};

// Calls of the pattern so far, and calls since the first that was hit.
static atomic_long count, since;
static atomic_bool is_on;

#define NEXT(name) ((__typeof__(&name))next(#name))

static void *next(const char *name) {
  void *function = dlsym(RTLD_NEXT, name);
  if (!function) abort();
  return function;
}

static enum kind kind_of(const char *text) {
  if (!strcmp(text, "short")) return KIND_SHORT;
  if (!strcmp(text, "torn")) return KIND_TORN;
  if (!strcmp(text, "before")) return KIND_BEFORE;
  if (!strcmp(text, "within")) return KIND_WITHIN;
  if (!strcmp(text, "after")) return KIND_AFTER;
  return atoi(text) > 0 ? KIND_ERROR : KIND_NONE;
}

static const char *variable(const char *name, const char *otherwise) {
  const char *value = getenv(name);
  return value && *value ? value : otherwise;
}

__attribute__((constructor)) static void prepare(void) {
  snprintf(plan.folder, sizeof plan.folder, "%s", variable("FAULT_FOLDER", ""));
  plan.folder_length = strlen(plan.folder);
  plan.call = variable("FAULT_CALL", "");
  plan.pattern = variable("FAULT_PATH", "");
  plan.number = atol(variable("FAULT_NUMBER", "0"));
  const char *kind = variable("FAULT_KIND", "");
  plan.kind = kind_of(kind);
  plan.error = plan.kind == KIND_TORN ? ENOSPC : atoi(kind);
  const char *repeat = variable("FAULT_REPEAT", "once");
  plan.repeat = !strcmp(repeat, "all") ? REPEAT_ALL : !strcmp(repeat, "path") ? REPEAT_PATH : REPEAT_ONCE;
  const char *log = getenv("FAULT_LOG");
  if (!log) return;
  int opened = NEXT(open)(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  // The program's own descriptors keep the numbers that they would have without the log.
  plan.log = NEXT(fcntl)(opened, F_DUPFD_CLOEXEC, 200);
  NEXT(close)(opened);
}

// MARK: A call

enum fate { PASSES, FAILS, HALVES, DIES_BEFORE, DIES_WITHIN, DIES_AFTER };

struct call {
  const char *name;
  // Relative to the folder; empty if the call is not below it.
  char path[PATH_MAX];
  char source[PATH_MAX];
  enum fate fate;
  int error;
};

static enum fate fate_of_hit(long later, int *error) {
  *error = plan.error;
  switch (plan.kind) {
  case KIND_ERROR: return plan.error == EINTR && later % 2 ? PASSES : FAILS;
  case KIND_SHORT: return HALVES;
  case KIND_TORN: return later ? FAILS : HALVES;
  case KIND_BEFORE: return DIES_BEFORE;
  case KIND_WITHIN: return DIES_WITHIN;
  case KIND_AFTER: return DIES_AFTER;
  case KIND_NONE: break;
  }
  return PASSES;
}

static enum fate fate(const char *name, const char *path, int *error) {
  if (plan.kind == KIND_NONE || strcmp(name, plan.call)) return PASSES;
  bool matches = !fnmatch(plan.pattern, path, FNM_PATHNAME);
  long number = matches ? atomic_fetch_add(&count, 1) + 1 : 0;
  if (number == plan.number) {
    atomic_store(&is_on, true);
    return fate_of_hit(0, error);
  }
  if (!atomic_load(&is_on)) return PASSES;
  // What is torn fails at the next call.
  bool isTail = plan.kind == KIND_TORN && matches && number == plan.number + 1;
  bool repeats = plan.repeat == REPEAT_ALL || (plan.repeat == REPEAT_PATH && matches);
  return isTail || repeats ? fate_of_hit(atomic_fetch_add(&since, 1) + 1, error) : PASSES;
}

static const char *const fate_names[] = {"-", "failed", "halved", "killed before", "killed within", "killed after"};

static void report(const struct call *call, long result, int error) {
  if (plan.log < 0) return;
  char line[3 * PATH_MAX];
  int length = snprintf(line, sizeof line, "%s\t%s\t%ld\t%d\t%s\t%s\n", call->name, call->path, result, error,
                        fate_names[call->fate], call->source);
  // One write for a line: several threads append.
  if (NEXT(write)(plan.log, line, (size_t)length) < 0) abort();
}

static void die(const struct call *call, long result) {
  report(call, result, 0);
  NEXT(kill)(getpid(), SIGKILL);
  while (true) pause();
}

// The part of an absolute path below the folder, without `.`, `..` and repeated slashes; false if it is elsewhere.
static bool take_below(const char *path, char *below) {
  char parts[PATH_MAX];
  size_t length = 0;
  for (const char *rest = path; *rest;) {
    while (*rest == '/') rest++;
    size_t part = strcspn(rest, "/");
    if (part == 0 || (part == 1 && rest[0] == '.')) {
    } else if (part == 2 && rest[0] == '.' && rest[1] == '.') {
      while (length > 0 && parts[--length] != '/') {}
    } else if (length + part + 2 > sizeof parts) {
      return false;
    } else {
      parts[length++] = '/';
      memcpy(parts + length, rest, part);
      length += part;
    }
    rest += part;
  }
  parts[length] = 0;
  if (!plan.folder_length || strncmp(parts, plan.folder, plan.folder_length)) return false;
  const char *rest = parts + plan.folder_length;
  if (*rest != '/' && *rest) return false;
  snprintf(below, PATH_MAX, "%s", *rest ? rest + 1 : ".");
  return true;
}

// The path of a descriptor, as the kernel knows it.
static bool path_of(int descriptor, char *path) {
  char link[40];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = NEXT(readlink)(link, path, PATH_MAX - 1);
  if (length <= 0 || *path != '/') return false;
  path[length] = 0;
  static const char removed[] = " (deleted)";
  size_t tail = sizeof removed - 1;
  if ((size_t)length > tail && !strcmp(path + length - tail, removed)) path[length - (ssize_t)tail] = 0;
  return true;
}

// The part below the folder of a path relative to a directory's descriptor.
static bool take_path(int directory, const char *path, char *below) {
  char absolute[2 * PATH_MAX], base[PATH_MAX];
  if (!path) return false;
  if (*path == '/') return take_below(path, below);
  if (directory == AT_FDCWD ? !getcwd(base, sizeof base) : !path_of(directory, base)) return false;
  snprintf(absolute, sizeof absolute, "%s/%s", base, path);
  return take_below(absolute, below);
}

// Decides what happens to a call; the process may end here.
static void begin(struct call *call) {
  call->fate = fate(call->name, call->path, &call->error);
  if (call->fate == DIES_BEFORE) die(call, 0);
}

// Starts a call for a name. False: it is not below the folder, and passes.
static bool begin_path(struct call *call, const char *name, int directory, const char *path) {
  int saved = errno;
  call->name = name;
  call->source[0] = 0;
  bool isBelow = take_path(directory, path, call->path);
  if (isBelow) begin(call);
  errno = saved;
  return isBelow;
}

static bool begin_file(struct call *call, const char *name, int descriptor) {
  int saved = errno;
  char path[PATH_MAX];
  call->name = name;
  call->source[0] = 0;
  bool isBelow = path_of(descriptor, path) && take_below(path, call->path);
  if (isBelow) begin(call);
  errno = saved;
  return isBelow;
}

static bool begin_rename(struct call *call, int from_directory, const char *from, int to_directory, const char *to) {
  int saved = errno;
  call->name = "rename";
  call->source[0] = 0;
  bool isBelow = take_path(to_directory, to, call->path);
  take_path(from_directory, from, call->source);
  if (isBelow) begin(call);
  errno = saved;
  return isBelow;
}

// Ends a call that was made, with its result.
static long end(const struct call *call, long result) {
  int saved = errno;
  if (call->fate == DIES_AFTER || call->fate == DIES_WITHIN) die(call, result);
  report(call, result, result < 0 ? saved : 0);
  errno = saved;
  return result;
}

// Ends a call that fails without being made.
static long end_failed(const struct call *call) {
  report(call, -1, call->error);
  errno = call->error;
  return -1;
}

static size_t size_of(const struct call *call, size_t size) {
  bool isHalf = call->fate == HALVES || call->fate == DIES_WITHIN;
  return isHalf && size > 1 ? size / 2 : size;
}

// A call whose arguments are passed on, and whose result is negative if it fails.
#define ON_FILE(type, function, name, descriptor, parameters, ...) \
  type function parameters { \
    struct call call; \
    if (!begin_file(&call, name, descriptor)) return NEXT(function)(__VA_ARGS__); \
    if (call.fate == FAILS) return (type)end_failed(&call); \
    return (type)end(&call, (long)NEXT(function)(__VA_ARGS__)); \
  }
#define ON_PATH(type, function, name, directory, path, parameters, ...) \
  type function parameters { \
    struct call call; \
    if (!begin_path(&call, name, directory, path)) return NEXT(function)(__VA_ARGS__); \
    if (call.fate == FAILS) return (type)end_failed(&call); \
    return (type)end(&call, (long)NEXT(function)(__VA_ARGS__)); \
  }
// The same with a pointer, which is null if it fails.
#define POINTER_ON_PATH(type, function, name, path, parameters, ...) \
  type *function parameters { \
    struct call call; \
    if (!begin_path(&call, name, AT_FDCWD, path)) return NEXT(function)(__VA_ARGS__); \
    if (call.fate == FAILS) return end_failed(&call), NULL; \
    type *result = NEXT(function)(__VA_ARGS__); \
    end(&call, result ? 0 : -1); \
    return result; \
  }

// MARK: open

#define MODE(flags) \
  mode_t mode = 0; \
  if (((flags) & O_CREAT) || ((flags) & O_TMPFILE) == O_TMPFILE) { \
    va_list list; \
    va_start(list, flags); \
    mode = va_arg(list, mode_t); \
    va_end(list); \
  }

static const char *open_name(int flags) { return flags & (O_CREAT | O_TRUNC) ? "create" : "open"; }

#define OPEN(function) \
  int function(const char *path, int flags, ...) { \
    MODE(flags) \
    struct call call; \
    if (!begin_path(&call, open_name(flags), AT_FDCWD, path)) return NEXT(function)(path, flags, mode); \
    if (call.fate == FAILS) return (int)end_failed(&call); \
    return (int)end(&call, NEXT(function)(path, flags, mode)); \
  }
#define OPENAT(function) \
  int function(int directory, const char *path, int flags, ...) { \
    MODE(flags) \
    struct call call; \
    if (!begin_path(&call, open_name(flags), directory, path)) return NEXT(function)(directory, path, flags, mode); \
    if (call.fate == FAILS) return (int)end_failed(&call); \
    return (int)end(&call, NEXT(function)(directory, path, flags, mode)); \
  }

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
ON_PATH(int, creat, "create", AT_FDCWD, path, (const char *path, mode_t mode), path, mode)
ON_PATH(int, creat64, "create", AT_FDCWD, path, (const char *path, mode_t mode), path, mode)
POINTER_ON_PATH(FILE, fopen, "open", path, (const char *path, const char *mode), path, mode)
POINTER_ON_PATH(FILE, fopen64, "open", path, (const char *path, const char *mode), path, mode)
ON_FILE(int, close, "close", file, (int file), file)

// MARK: read and write

#define TRANSFER(function, name, type, ...) \
  struct call call; \
  if (!begin_file(&call, name, file)) return NEXT(function)(file, bytes, size __VA_ARGS__); \
  if (call.fate == FAILS) return end_failed(&call); \
  size = size_of(&call, size); \
  return end(&call, NEXT(function)(file, bytes, size __VA_ARGS__));

ssize_t read(int file, void *bytes, size_t size) { TRANSFER(read, "read", void *) }
ssize_t pread(int file, void *bytes, size_t size, off_t at) { TRANSFER(pread, "read", void *, , at) }
ssize_t pread64(int file, void *bytes, size_t size, off64_t at) { TRANSFER(pread64, "read", void *, , at) }
ssize_t write(int file, const void *bytes, size_t size) { TRANSFER(write, "write", const void *) }
ssize_t pwrite(int file, const void *bytes, size_t size, off_t at) { TRANSFER(pwrite, "write", const void *, , at) }
ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t at) {
  TRANSFER(pwrite64, "write", const void *, , at)
}
ON_FILE(ssize_t, readv, "read", file, (int file, const struct iovec *parts, int size), file, parts, size)
ON_FILE(ssize_t, writev, "write", file, (int file, const struct iovec *parts, int size), file, parts, size)

// MARK: Changes of files, folders and names

ON_FILE(int, fsync, "fsync", file, (int file), file)
ON_FILE(int, fdatasync, "fsync", file, (int file), file)
ON_FILE(int, ftruncate, "truncate", file, (int file, off_t length), file, length)
ON_FILE(int, ftruncate64, "truncate", file, (int file, off64_t length), file, length)
ON_PATH(int, truncate, "truncate", AT_FDCWD, path, (const char *path, off_t length), path, length)
ON_FILE(int, fchmod, "chmod", file, (int file, mode_t mode), file, mode)
ON_PATH(int, chmod, "chmod", AT_FDCWD, path, (const char *path, mode_t mode), path, mode)
ON_FILE(int, fchown, "chown", file, (int file, uid_t user, gid_t group), file, user, group)
ON_PATH(int, unlink, "unlink", AT_FDCWD, path, (const char *path), path)
ON_PATH(int, unlinkat, "unlink", folder, path, (int folder, const char *path, int flags), folder, path, flags)
ON_PATH(int, remove, "unlink", AT_FDCWD, path, (const char *path), path)
ON_PATH(int, mkdir, "mkdir", AT_FDCWD, path, (const char *path, mode_t mode), path, mode)
ON_PATH(int, mkdirat, "mkdir", folder, path, (int folder, const char *path, mode_t mode), folder, path, mode)
ON_PATH(int, rmdir, "rmdir", AT_FDCWD, path, (const char *path), path)
ON_PATH(int, link, "link", AT_FDCWD, to, (const char *from, const char *to), from, to)
ON_PATH(int, symlink, "link", AT_FDCWD, to, (const char *from, const char *to), from, to)
ON_FILE(off_t, lseek, "seek", file, (int file, off_t offset, int from), file, offset, from)
ON_FILE(off64_t, lseek64, "seek", file, (int file, off64_t offset, int from), file, offset, from)

#define RENAME(function, from_folder, to_folder, parameters, ...) \
  int function parameters { \
    struct call call; \
    if (!begin_rename(&call, from_folder, from, to_folder, to)) return NEXT(function)(__VA_ARGS__); \
    if (call.fate == FAILS) return (int)end_failed(&call); \
    return (int)end(&call, NEXT(function)(__VA_ARGS__)); \
  }

RENAME(rename, AT_FDCWD, AT_FDCWD, (const char *from, const char *to), from, to)
RENAME(renameat, old, new, (int old, const char *from, int new, const char *to), old, from, new, to)
RENAME(renameat2, old, new, (int old, const char *from, int new, const char *to, unsigned flags), old, from, new, to,
       flags)

// MARK: Locks

ON_FILE(int, flock, "lock", file, (int file, int operation), file, operation)

static bool is_lock(int command) {
  return command == F_SETLK || command == F_SETLKW || command == F_OFD_SETLK || command == F_OFD_SETLKW;
}

#define FCNTL(function) \
  int function(int file, int command, ...) { \
    va_list list; \
    va_start(list, command); \
    void *argument = va_arg(list, void *); \
    va_end(list); \
    struct call call; \
    if (!is_lock(command) || !begin_file(&call, "lock", file)) return NEXT(function)(file, command, argument); \
    if (call.fate == FAILS) return (int)end_failed(&call); \
    return (int)end(&call, NEXT(function)(file, command, argument)); \
  }

FCNTL(fcntl)
FCNTL(fcntl64)

// MARK: Names and attributes

POINTER_ON_PATH(DIR, opendir, "opendir", path, (const char *path), path)

#define READDIR(function, type) \
  struct type *function(DIR *folder) { \
    struct call call; \
    if (!begin_file(&call, "readdir", dirfd(folder))) return NEXT(function)(folder); \
    if (call.fate == FAILS) return end_failed(&call), NULL; \
    struct type *entry = NEXT(function)(folder); \
    end(&call, 0); \
    return entry; \
  }

READDIR(readdir, dirent)
READDIR(readdir64, dirent64)

ON_PATH(int, stat, "stat", AT_FDCWD, path, (const char *path, struct stat *found), path, found)
ON_PATH(int, stat64, "stat", AT_FDCWD, path, (const char *path, struct stat64 *found), path, found)
ON_PATH(int, lstat, "stat", AT_FDCWD, path, (const char *path, struct stat *found), path, found)
ON_PATH(int, lstat64, "stat", AT_FDCWD, path, (const char *path, struct stat64 *found), path, found)
ON_PATH(int, fstatat, "stat", at, path, (int at, const char *path, struct stat *found, int flags), at, path, found,
        flags)
ON_PATH(int, fstatat64, "stat", at, path, (int at, const char *path, struct stat64 *found, int flags), at, path,
        found, flags)
ON_PATH(int, statx, "stat", at, path,
        (int at, const char *path, int flags, unsigned mask, struct statx *found), at, path, flags, mask, found)
ON_FILE(int, fstat, "fstat", file, (int file, struct stat *found), file, found)
ON_FILE(int, fstat64, "fstat", file, (int file, struct stat64 *found), file, found)
ON_PATH(int, access, "access", AT_FDCWD, path, (const char *path, int mode), path, mode)
ON_PATH(int, faccessat, "access", at, path, (int at, const char *path, int mode, int flags), at, path, mode, flags)
POINTER_ON_PATH(char, realpath, "realpath", path, (const char *path, char *resolved), path, resolved)
ON_PATH(ssize_t, readlink, "readlink", AT_FDCWD, path, (const char *path, char *target, size_t size), path, target,
        size)
