#ifndef COPENBLAS_H
#define COPENBLAS_H

#include <stdint.h>

/// CBLAS's numbers for the order of a matrix and for whether it is transposed.
enum {
  openblas_row_major = 101,
  openblas_no_transpose = 111,
  openblas_transpose = 112,
};

/// cblas_sgemm.
typedef void (*openblas_sgemm_function)(
    int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a,
    int stride_a, const float *b, int stride_b, float beta, float *c, int stride_c);

/// cblas_sgemm of the library that is loaded; at first a function that loads the library.
extern openblas_sgemm_function openblas_loaded_sgemm;

/// Why the library could not be loaded.
typedef enum {
  openblas_ok = 0,
  /// There is no such library.
  openblas_not_found = 1,
  /// The system refused memory for it.
  openblas_refused = 2,
  /// It cannot be used.
  openblas_unusable = 3,
} openblas_status;

/// Loads OpenBLAS, without threads of its own; another time unloads it first.
///
/// `core` stands for OPENBLAS_CORETYPE while the library is loaded; NULL leaves the variable as the
/// user set it. The environment is the same afterwards as before. No other thread may use the library.
openblas_status openblas_load(const char *core);

/// Loads OpenBLAS unless it is loaded already.
openblas_status openblas_load_once(void);

/// Whether the library is loaded.
int openblas_is_loaded(void);

/// What the last attempt to load the library failed with.
const char *openblas_load_error(void);

/// The core in use; loads the library where it is not loaded.
const char *openblas_core_name(void);

/// The version and build options; loads the library where it is not loaded.
const char *openblas_configuration(void);

/// What the library was built with: 0 no threads, 1 threads of its own, 2 OpenMP; -1 where it does not
/// say. Loads the library where it is not loaded.
int openblas_threading(void);

/// The address space that each simultaneous call takes for a buffer, and keeps.
extern const int64_t openblas_buffer_size;

/// Calls that may run at a time: those that the library was built with buffers for. With more it grows a
/// table in a way that is not safe, and ends the process.
int openblas_simultaneous_calls(void);

/// Has the library take buffers for `count` callers now; those beyond `openblas_simultaneous_calls()`
/// wait for each other from here on.
///
/// The library retries forever where it gets no memory for one: the caller has made sure that there is
/// some.
void openblas_take_buffers(int count);

/// C = alpha A B + beta C, on the calling thread.
static inline void openblas_sgemm(
    int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a,
    int stride_a, const float *b, int stride_b, float beta, float *c, int stride_c) {
  __atomic_load_n(&openblas_loaded_sgemm, __ATOMIC_RELAXED)(
      order, transpose_a, transpose_b, m, n, k, alpha, a, stride_a, b, stride_b, beta, c, stride_c);
}

#endif
