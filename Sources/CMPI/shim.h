#include <mpi.h>

// MPI's constants are macros with casts, which Swift does not import.

static inline MPI_Comm cmpi_comm_world(void) { return MPI_COMM_WORLD; }
static inline MPI_Datatype cmpi_byte(void) { return MPI_BYTE; }
static inline MPI_Datatype cmpi_int64(void) { return MPI_INT64_T; }
static inline MPI_Op cmpi_max(void) { return MPI_MAX; }
static inline void *cmpi_in_place(void) { return MPI_IN_PLACE; }
static inline int cmpi_return_errors(void) {
  return MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
}
static inline int cmpi_receive(void *buffer, int count, MPI_Datatype type, int sender) {
  return MPI_Recv(buffer, count, type, sender, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}
static inline MPI_Request cmpi_request_null(void) { return MPI_REQUEST_NULL; }
static inline int cmpi_test_all(int count, MPI_Request *requests, int *done) {
  return MPI_Testall(count, requests, done, MPI_STATUSES_IGNORE);
}
static inline int cmpi_wait(MPI_Request *request) { return MPI_Wait(request, MPI_STATUS_IGNORE); }
/// Counts the ranks that share memory with the calling one; collective.
static inline int cmpi_local_size(int *size) {
  MPI_Comm local;
  int code = MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &local);
  if (code != MPI_SUCCESS) return code;
  code = MPI_Comm_size(local, size);
  return code != MPI_SUCCESS ? code : MPI_Comm_free(&local);
}
