#ifndef RANDOM_WORDS_H
#define RANDOM_WORDS_H

#include <stdint.h>

/// The random words of the units of samples: one 32-bit word for each unit of each sample.
///
/// Unit u = 64 g + 16 w + b of a sample takes word w of the Philox4x32-10 block at counter
/// (16 g + b, sample, purpose, epoch) under the key: the 64 units of a group are 16 lanes of one
/// computation.
///
/// The purpose has the purpose's number in its upper 8 bits, the layer's in the lower 24.
struct random_words {
  uint32_t purpose, epoch, key0, key1;
};

#endif
