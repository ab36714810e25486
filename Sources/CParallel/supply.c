#define _GNU_SOURCE
#include "CParallel.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct gate {
  pthread_mutex_t lock;
  pthread_cond_t opened;
  int is_open;
};

static void *wait_at_gate(void *argument) {
  struct gate *gate = argument;
  pthread_mutex_lock(&gate->lock);
  while (!gate->is_open) pthread_cond_wait(&gate->opened, &gate->lock);
  pthread_mutex_unlock(&gate->lock);
  return NULL;
}

int parallel_spare_threads(int count) {
  pthread_t *threads = calloc((size_t)count, sizeof *threads);
  if (!threads) return 0;
  struct gate gate = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};
  int started = 0;
  // With the default stack size, as Dispatch's threads have it.
  while (started < count &&
         pthread_create(&threads[started], NULL, wait_at_gate, &gate) == 0) started++;
  pthread_mutex_lock(&gate.lock);
  gate.is_open = 1;
  pthread_cond_broadcast(&gate.opened);
  pthread_mutex_unlock(&gate.lock);
  for (int i = 0; i < started; i++) pthread_join(threads[i], NULL);
  free(threads);
  return started;
}

int parallel_start_detached(void *(*body)(void *), void *argument) {
  pthread_attr_t attributes;
  int code = pthread_attr_init(&attributes);
  if (code) return code;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  code = pthread_create(&thread, &attributes, body, argument);
  pthread_attr_destroy(&attributes);
  return code;
}

int parallel_spare_descriptors(int count) {
  int *descriptors = calloc((size_t)count, sizeof *descriptors);
  if (!descriptors) return 0;
  int opened = 0;
  while (opened < count) {
    descriptors[opened] = eventfd(0, EFD_CLOEXEC);
    if (descriptors[opened] < 0) break;
    opened++;
  }
  for (int i = 0; i < opened; i++) close(descriptors[i]);
  free(descriptors);
  return opened;
}

size_t parallel_stack_size(void) {
  pthread_attr_t attributes;
  size_t size = 0;
  pthread_attr_init(&attributes);
  pthread_attr_getstacksize(&attributes, &size);
  pthread_attr_destroy(&attributes);
  return size;
}
