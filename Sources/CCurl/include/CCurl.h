#ifndef CCURL_H
#define CCURL_H

#include <stdbool.h>
#include <stddef.h>

/// Why libcurl cannot be loaded; NULL if it is loaded.
///
/// It is loaded by the first call. The other functions need it.
const char *curl_load_error(void);

/// What receives a response. Each function says whether the transfer is to go on.
typedef struct {
  void *context;
  /// Takes a line of the header, with its end.
  bool (*header)(void *context, const char *bytes, size_t count);
  /// Takes the next bytes of the body.
  bool (*body)(void *context, const char *bytes, size_t count);
  /// Is called about once a second, and more often while bytes arrive.
  bool (*wait)(void *context);
} curl_receiver;

/// The result of a request.
typedef enum {
  curl_complete,
  curl_out_of_memory,
  /// The transfer failed, or a function of the receiver ended it.
  curl_failed,
} curl_result;

/// Makes a handle for requests, one at a time; NULL if there is no memory.
void *curl_open(void);

/// Releases a handle.
void curl_close(void *handle);

/// Requests an http or https address, and waits for the end of the response. Redirections are not
/// followed. `error` gets a description of a failure.
curl_result curl_request(
    void *handle, const char *address, const curl_receiver *receiver, char *error,
    size_t error_size);

/// The status of the response whose header arrives or has arrived; 0 for none.
long curl_response_status(void *handle);

/// The status with which a proxy answers or has answered the request of a tunnel; 0 for none.
long curl_proxy_status(void *handle);

#endif
