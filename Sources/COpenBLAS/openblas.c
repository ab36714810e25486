#include "COpenBLAS.h"

#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// OpenBLAS reads its core and its number of threads from the environment in its constructor. A
// program that links it cannot set them in time, and gets one thread per CPU before `main`.

static const char *const library_names[] = {"libopenblas.so.0", "libopenblas.so"};

// 32 MiB << 2: the largest buffer among the builds of OpenBLAS 0.3 for x86-64 and AArch64.
const int64_t openblas_buffer_size = (int64_t)128 << 20;

// Held while the library is loaded or unloaded, which is when the variables below are written. They are read
// without it: the functions after `require_library`, which has held it, and `load_error` by the thread whose
// attempt to load failed. No other thread may use the library during `openblas_load`. Any thread may read
// `openblas_loaded_sgemm` at any time.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *library;
static char load_error[512];
static char *(*get_corename)(void);
static char *(*get_config)(void);
static int (*get_parallel)(void);
// Internal, but exported by every build of 0.3.
static void *(*memory_alloc)(int);
static void (*memory_free)(void *);

static void load_and_multiply(
    int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a,
    int stride_a, const float *b, int stride_b, float beta, float *c, int stride_c);

openblas_sgemm_function openblas_loaded_sgemm = load_and_multiply;

static void set_sgemm(openblas_sgemm_function function) {
  // Whoever reads the function also sees what it uses, such as `ungated_sgemm`.
  __atomic_store_n(&openblas_loaded_sgemm, function, __ATOMIC_RELEASE);
}

static void unload(void) {
  // A later call must not lead to where the library was, also if no other is found.
  set_sgemm(load_and_multiply);
  if (library) dlclose(library);
  library = NULL;
}

// The value of a variable while the library is loaded, and its previous value.
struct variable {
  const char *name;
  const char *value;
  char *before;
};

static int set_variable(struct variable *variable) {
  const char *before = getenv(variable->name);
  variable->before = before ? strdup(before) : NULL;
  if (before && !variable->before) return -1;
  return setenv(variable->name, variable->value, 1);
}

static void restore_variable(struct variable *variable) {
  if (variable->before) {
    setenv(variable->name, variable->before, 1);
    free(variable->before);
  } else {
    unsetenv(variable->name);
  }
}

static openblas_status failed(openblas_status status, const char *text) {
  snprintf(load_error, sizeof load_error, "%s", text);
  unload();
  return status;
}

static openblas_status open_library(void) {
  for (size_t i = 0; i < sizeof library_names / sizeof library_names[0]; i++) {
    library = dlopen(library_names[i], RTLD_LAZY | RTLD_LOCAL);
    if (library) return openblas_ok;
    const char *error = dlerror();
    if (!error) error = library_names[i];
    // dlopen reports the cause only as text.
    if (strstr(error, "failed to map") || strstr(error, "allocate memory") ||
        strstr(error, "Too many open files")) {
      return failed(openblas_refused, error);
    }
    // Reports the error of the first name. A library that exists but cannot be used ends the
    // search.
    if (i == 0) snprintf(load_error, sizeof load_error, "%s", error);
    if (!strstr(error, "No such file")) return failed(openblas_unusable, error);
  }
  return openblas_not_found;
}

static openblas_status find_functions(void) {
  openblas_sgemm_function sgemm = (openblas_sgemm_function)dlsym(library, "cblas_sgemm");
  get_corename = (char *(*)(void))dlsym(library, "openblas_get_corename");
  get_config = (char *(*)(void))dlsym(library, "openblas_get_config");
  get_parallel = (int (*)(void))dlsym(library, "openblas_get_parallel");
  memory_alloc = (void *(*)(int))dlsym(library, "blas_memory_alloc");
  memory_free = (void (*)(void *))dlsym(library, "blas_memory_free");
  if (!sgemm || !get_corename || !get_config) {
    return failed(
        openblas_unusable,
        "the library lacks some of cblas_sgemm, openblas_get_corename and openblas_get_config");
  }
  set_sgemm(sgemm);
  return openblas_ok;
}

static openblas_status load(const char *core) {
  unload();
  struct variable variables[] = {
      {"OPENBLAS_NUM_THREADS", "1", NULL},
      // A build with OpenMP takes the number of threads from this variable.
      {"OMP_NUM_THREADS", "1", NULL},
      {"OPENBLAS_CORETYPE", core, NULL},
  };
  const size_t count = core ? 3 : 2;
  size_t set = 0;
  while (set < count && set_variable(&variables[set]) == 0) set++;
  openblas_status status =
      set == count ? open_library() : failed(openblas_refused, "no memory for the environment");
  for (size_t i = 0; i < set; i++) restore_variable(&variables[i]);
  return status == openblas_ok ? find_functions() : status;
}

openblas_status openblas_load(const char *core) {
  pthread_mutex_lock(&lock);
  openblas_status status = load(core);
  pthread_mutex_unlock(&lock);
  return status;
}

openblas_status openblas_load_once(void) {
  pthread_mutex_lock(&lock);
  openblas_status status = library ? openblas_ok : load(NULL);
  pthread_mutex_unlock(&lock);
  return status;
}

int openblas_is_loaded(void) {
  pthread_mutex_lock(&lock);
  int is_loaded = library != NULL;
  pthread_mutex_unlock(&lock);
  return is_loaded;
}

const char *openblas_load_error(void) { return load_error; }

// For callers that cannot report a failure. Programs load the library before they call it.
static void require_library(void) {
  if (openblas_load_once() == openblas_ok) return;
  fprintf(stderr, "OpenBLAS cannot be loaded: %s\n", load_error);
  abort();
}

static void load_and_multiply(
    int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a,
    int stride_a, const float *b, int stride_b, float beta, float *c, int stride_c) {
  require_library();
  openblas_sgemm(
      order, transpose_a, transpose_b, m, n, k, alpha, a, stride_a, b, stride_b, beta, c, stride_c);
}

const char *openblas_core_name(void) {
  require_library();
  return get_corename();
}

const char *openblas_configuration(void) {
  require_library();
  return get_config();
}

int openblas_threading(void) {
  require_library();
  return get_parallel ? get_parallel() : -1;
}

int openblas_simultaneous_calls(void) {
  // OpenBLAS's own formula: max(50, 2 MAX_THREADS) buffers.
  const char *threads = strstr(openblas_configuration(), "MAX_THREADS=");
  int count = threads ? 2 * atoi(threads + strlen("MAX_THREADS=")) : 0;
  return count > 50 ? count : 50;
}

static sem_t free_buffers;
static openblas_sgemm_function ungated_sgemm;

static void gated_sgemm(
    int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a,
    int stride_a, const float *b, int stride_b, float beta, float *c, int stride_c) {
  while (sem_wait(&free_buffers) != 0) {}
  ungated_sgemm(
      order, transpose_a, transpose_b, m, n, k, alpha, a, stride_a, b, stride_b, beta, c, stride_c);
  sem_post(&free_buffers);
}

void openblas_take_buffers(int count) {
  const int limit = openblas_simultaneous_calls();
  if (count > limit) {
    pthread_mutex_lock(&lock);
    if (openblas_loaded_sgemm != gated_sgemm && sem_init(&free_buffers, 0, (unsigned)limit) == 0) {
      ungated_sgemm = openblas_loaded_sgemm;
      set_sgemm(gated_sgemm);
    }
    pthread_mutex_unlock(&lock);
    count = limit;
  }
  if (!memory_alloc || !memory_free) return;
  void **buffers = calloc((size_t)count, sizeof *buffers);
  if (!buffers) return;
  for (int i = 0; i < count; i++) buffers[i] = memory_alloc(0);
  for (int i = 0; i < count; i++) {
    if (buffers[i]) memory_free(buffers[i]);
  }
  free(buffers);
}
