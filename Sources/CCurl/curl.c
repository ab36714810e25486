#include "CCurl.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

// libcurl is loaded when it is needed: it depends on some 25 other libraries, which every start of the
// program would load. The numbers below are those of its binary interface, version 4, which only grows.

enum {
  CURLE_OK = 0,
  CURLE_OUT_OF_MEMORY = 27,

  CURL_GLOBAL_DEFAULT = 3,
  CURL_ERROR_SIZE = 256,
  CURLPROTO_HTTP = 1,
  CURLPROTO_HTTPS = 2,

  // All of these exist since 7.32, except CURLOPT_SUPPRESS_CONNECT_HEADERS, which came with 7.54.
  CURLOPT_NOPROGRESS = 43,
  CURLOPT_NOSIGNAL = 99,
  CURLOPT_PROTOCOLS = 181,
  CURLOPT_SUPPRESS_CONNECT_HEADERS = 265,
  CURLOPT_WRITEDATA = 10001,
  CURLOPT_URL = 10002,
  CURLOPT_ERRORBUFFER = 10010,
  CURLOPT_USERAGENT = 10018,
  CURLOPT_HEADERDATA = 10029,
  CURLOPT_XFERINFODATA = 10057,
  CURLOPT_WRITEFUNCTION = 20011,
  CURLOPT_HEADERFUNCTION = 20079,
  CURLOPT_XFERINFOFUNCTION = 20219,

  CURLINFO_RESPONSE_CODE = 0x200002,
  CURLINFO_HTTP_CONNECTCODE = 0x200016,
};

static struct {
  int (*global_init)(long flags);
  void *(*easy_init)(void);
  int (*easy_setopt)(void *handle, int option, ...);
  int (*easy_perform)(void *handle);
  int (*easy_getinfo)(void *handle, int info, ...);
  const char *(*easy_strerror)(int code);
  void (*easy_cleanup)(void *handle);
} library;

// The loader's messages begin with a path.
static char load_error[PATH_MAX + 256];

// Loads the library of a name; writes the reason to `load_error` if it cannot be used.
static void load_library(const char *name) {
  load_error[0] = 0;
  void *handle = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
  if (!handle) {
    snprintf(load_error, sizeof load_error, "%s", dlerror());
    return;
  }
  const struct {
    const char *name;
    void *address;
  } functions[] = {
      {"curl_global_init", &library.global_init},
      {"curl_easy_init", &library.easy_init},
      {"curl_easy_setopt", &library.easy_setopt},
      {"curl_easy_perform", &library.easy_perform},
      {"curl_easy_getinfo", &library.easy_getinfo},
      {"curl_easy_strerror", &library.easy_strerror},
      {"curl_easy_cleanup", &library.easy_cleanup},
  };
  for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
    void *found = dlsym(handle, functions[i].name);
    if (!found) {
      snprintf(load_error, sizeof load_error, "%s lacks %s", name, functions[i].name);
      return;
    }
    *(void **)functions[i].address = found;
  }
  const int code = library.global_init(CURL_GLOBAL_DEFAULT);
  if (code) snprintf(load_error, sizeof load_error, "%s: %s", name, library.easy_strerror(code));
}

static void load(void) {
  load_library("libcurl.so.4");
  if (!load_error[0]) return;
  // The error of the usual name is reported if the other one cannot be loaded either.
  static char first_error[sizeof load_error];
  memcpy(first_error, load_error, sizeof first_error);
  load_library("libcurl-gnutls.so.4");
  if (load_error[0]) memcpy(load_error, first_error, sizeof load_error);
}

const char *curl_load_error(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return load_error[0] ? load_error : NULL;
}

void *curl_open(void) { return library.easy_init(); }

void curl_close(void *handle) { library.easy_cleanup(handle); }

// A result other than the number of bytes ends the transfer.
static size_t receive_header(char *bytes, size_t size, size_t count, void *context) {
  const curl_receiver *receiver = context;
  return receiver->header(receiver->context, bytes, size * count) ? size * count : 0;
}

static size_t receive_body(char *bytes, size_t size, size_t count, void *context) {
  const curl_receiver *receiver = context;
  return receiver->body(receiver->context, bytes, size * count) ? size * count : 0;
}

static int observe(
    void *context, long long expected, long long received, long long to_send, long long sent) {
  (void)expected, (void)received, (void)to_send, (void)sent;
  const curl_receiver *receiver = context;
  return receiver->wait(receiver->context) ? 0 : 1;
}

static int set_options(
    void *handle, const char *address, const curl_receiver *receiver, char *error) {
  int (*const set)(void *, int, ...) = library.easy_setopt;
  // Versions that do not know this option refuse it.
  set(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  int code = set(handle, CURLOPT_URL, address);
  if (!code) code = set(handle, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
  if (!code) code = set(handle, CURLOPT_USERAGENT, "trainer");
  // Otherwise, some builds of libcurl limit the time of name resolution by a signal to the process.
  if (!code) code = set(handle, CURLOPT_NOSIGNAL, 1L);
  if (!code) code = set(handle, CURLOPT_ERRORBUFFER, error);
  if (!code) code = set(handle, CURLOPT_NOPROGRESS, 0L);
  if (!code) code = set(handle, CURLOPT_XFERINFODATA, receiver);
  if (!code) code = set(handle, CURLOPT_XFERINFOFUNCTION, observe);
  if (!code) code = set(handle, CURLOPT_HEADERDATA, receiver);
  if (!code) code = set(handle, CURLOPT_HEADERFUNCTION, receive_header);
  if (!code) code = set(handle, CURLOPT_WRITEDATA, receiver);
  if (!code) code = set(handle, CURLOPT_WRITEFUNCTION, receive_body);
  return code;
}

curl_result curl_request(
    void *handle, const char *address, const curl_receiver *receiver, char *error,
    size_t error_size) {
  char text[CURL_ERROR_SIZE] = "";
  int code = set_options(handle, address, receiver, text);
  if (!code) code = library.easy_perform(handle);
  // The buffer is gone after this function.
  library.easy_setopt(handle, CURLOPT_ERRORBUFFER, NULL);
  snprintf(error, error_size, "%s", text[0] ? text : library.easy_strerror(code));
  if (code == CURLE_OK) return curl_complete;
  return code == CURLE_OUT_OF_MEMORY ? curl_out_of_memory : curl_failed;
}

static long status(void *handle, int info) {
  long number = 0;
  return library.easy_getinfo(handle, info, &number) == CURLE_OK ? number : 0;
}

long curl_response_status(void *handle) { return status(handle, CURLINFO_RESPONSE_CODE); }

long curl_proxy_status(void *handle) { return status(handle, CURLINFO_HTTP_CONNECTCODE); }
