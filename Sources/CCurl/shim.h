#include <curl/curl.h>

// Swift cannot call variadic functions, and does not import macros with casts.

typedef size_t (*curl_receiver)(char *bytes, size_t size, size_t count, void *context);
typedef int (*curl_observer)(
    void *context, curl_off_t expected, curl_off_t received, curl_off_t to_send, curl_off_t sent);

/// `curl_global_init`. The library counts its calls; they may come from several threads only since 7.84.
static inline CURLcode curl_start(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

static inline CURLcode curl_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode curl_set_number(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode curl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}

/// What receives header lines or the body; a result other than the number of bytes ends the transfer.
static inline CURLcode curl_set_receiver(CURL *handle, CURLoption option, curl_receiver receiver) {
  return curl_easy_setopt(handle, option, receiver);
}

/// What is called about once a second and after each part; a result other than 0 ends the transfer.
static inline CURLcode curl_set_observer(CURL *handle, curl_observer observer) {
  return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, observer);
}

/// Refuses all protocols but HTTP and HTTPS. The option that replaces this one came with 7.85.
static inline CURLcode curl_allow_web_only(CURL *handle) {
  return curl_easy_setopt(handle, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
}

/// The status of the response whose header is being received or was received.
static inline long curl_response_status(CURL *handle) {
  long status = 0;
  return curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK ? status : 0;
}
