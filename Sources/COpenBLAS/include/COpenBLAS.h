#ifndef COPENBLAS_H
#define COPENBLAS_H

#include <stdint.h>

/// CBLAS's constants for the order of a matrix and for transposition.
enum {
  openblas_row_major = 101,
  openblas_no_transpose = 111,
  openblas_transpose = 112,
};

/// cblas_sgemm.
typedef void (*openblas_sgemm_function)(
    int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a,
    int stride_a, const float *b, int stride_b, float beta, float *c, int stride_c);

/// cblas_sgemm of the loaded library. Before that, a function that loads the library.
extern openblas_sgemm_function openblas_loaded_sgemm;

/// The result of loading the library.
typedef enum {
  openblas_ok = 0,
  /// There is no such library.
  openblas_not_found = 1,
  /// The system refused memory or file descriptors for it.
  openblas_refused = 2,
  /// It was found but cannot be used.
  openblas_unusable = 3,
} openblas_status;

/// Loads OpenBLAS without threads of its own. If it is loaded already, it is unloaded first.
///
/// `core` is the value of OPENBLAS_CORETYPE while the library is loaded; NULL keeps the user's
/// value. The environment is restored afterwards. No other thread may use the library meanwhile.
openblas_status openblas_load(const char *core);

/// Loads OpenBLAS unless it is loaded already.
openblas_status openblas_load_once(void);

/// Whether the library is loaded.
int openblas_is_loaded(void);

/// The error of the last attempt to load the library.
const char *openblas_load_error(void);

/// The core in use. Loads the library if necessary.
const char *openblas_core_name(void);

/// The version and build options. Loads the library if necessary.
const char *openblas_configuration(void);

/// The threading of the build: 0 none, 1 its own threads, 2 OpenMP, -1 unknown. Loads the library
/// if necessary.
int openblas_threading(void);

/// The address space, in bytes, of the buffer that each simultaneous call takes and keeps.
extern const int64_t openblas_buffer_size;

/// The number of calls that may run at a time, which is the number of buffers of the build. With
/// more calls, OpenBLAS extends a table unsafely and ends the process.
int openblas_simultaneous_calls(void);

/// Lets the library allocate buffers for `count` callers now. From then on, callers beyond
/// `openblas_simultaneous_calls()` wait for each other.
///
/// The library retries forever if it gets no memory for a buffer, so check for available memory
/// first.
void openblas_take_buffers(int count);

/// C = alpha A B + beta C, computed on the calling thread.
static inline void openblas_sgemm(
    int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a,
    int stride_a, const float *b, int stride_b, float beta, float *c, int stride_c) {
  __atomic_load_n(&openblas_loaded_sgemm, __ATOMIC_ACQUIRE)(
      order, transpose_a, transpose_b, m, n, k, alpha, a, stride_a, b, stride_b, beta, c, stride_c);
}

#endif
