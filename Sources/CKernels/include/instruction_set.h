#ifndef INSTRUCTION_SET_H
#define INSTRUCTION_SET_H

/// The instruction sets that every kernel is compiled for. All of them give the same bits.
///
/// Elsewhere than on x86-64 the three versions are the same plain code, and the baseline is in use.
enum instruction_set {
  /// The instructions that any CPU of the architecture has.
  INSTRUCTION_SET_BASELINE = 0,
  /// x86-64-v3: AVX2 with FMA.
  INSTRUCTION_SET_V3 = 1,
  /// x86-64-v4: AVX-512.
  INSTRUCTION_SET_V4 = 2,
};

/// Whether this CPU and its operating system have an instruction set.
_Bool kernels_supported(enum instruction_set set);

/// Makes all threads call the versions for an instruction set from now on. Without it, these are the
/// best that the CPU has.
///
/// Returns false, and changes nothing, if the set is not supported.
_Bool kernels_use(enum instruction_set set);

/// The instruction set in use.
enum instruction_set kernels_in_use(void);

#endif
