/*
 * Stands in for the CUDA driver: its symbols for green contexts, on a card of FAKE_CUDA_MULTIPROCESSORS that can be cut in steps
 * of 8 as a Hopper. The layout of a resource is that of cuda.h 12.8 and 13.0: 144 bytes, the multiprocessors behind 96.
 * FAKE_CUDA_FAILS="NAME STATUS" makes one function fail. Compiled with
 * -DOLD_DRIVER it is a driver of CUDA 12.2, with -DFIRST_DRIVER one of 12.4, which has no streams of green contexts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  int type;
  unsigned char padding[92];
  struct {
    unsigned int smCount;
    unsigned char rest[44];
  } sm;
} Resource;

static const int invalidValue = 1;

static int failing(const char *name) {
  const char *text = getenv("FAKE_CUDA_FAILS");
  char wanted[64];
  int status = 0;
  if (text == NULL || sscanf(text, "%63s %d", wanted, &status) != 2 || strcmp(wanted, name) != 0) return 0;
  return status;
}

#define BEGIN                          \
  fprintf(stderr, "%s\n", __func__);   \
  if (failing(__func__)) return failing(__func__);

int cuInit(unsigned int flags) {
  BEGIN
  return flags == 0 ? 0 : invalidValue;
}

int cuDriverGetVersion(int *version) {
#ifdef OLD_DRIVER
  *version = 12020;
#else
  *version = 13000;
#endif
  return 0;
}

int cuDeviceGet(int *device, int ordinal) {
  BEGIN
  *device = 7;
  return ordinal == 0 ? 0 : invalidValue;
}

int cuGetErrorName(int status, const char **text) {
  *text = status == 2 ? "CUDA_ERROR_OUT_OF_MEMORY" : status == 915 ? "CUDA_ERROR_INVALID_RESOURCE_CONFIGURATION" : "CUDA_ERROR_INVALID_VALUE";
  return 0;
}

int cuGetErrorString(int status, const char **text) {
  *text = status == 2 ? "out of memory" : "invalid argument";
  return 0;
}

#ifndef OLD_DRIVER
static const int invalidResource = 915, stepSize = 8;
/* Handles are addresses that nothing may look behind; each is known again when it comes back. */
static Resource described, created;
static int deviceOf(int device) { return device == 7; }
static int isResource(const Resource *resource) { return resource != NULL && resource->type == 1; }

static unsigned int total(void) {
  const char *text = getenv("FAKE_CUDA_MULTIPROCESSORS");
  return text == NULL ? 132 : (unsigned int)atoi(text);
}

int cuDeviceGetDevResource(int device, Resource *resource, int type) {
  BEGIN
  if (!deviceOf(device) || type != 1) return invalidValue;
  memset(resource, 0, sizeof *resource);
  resource->type = 1;
  resource->sm.smCount = total();
  return 0;
}

int cuDevSmResourceSplitByCount(
    Resource *result, unsigned int *groups, const Resource *input, Resource *remaining, unsigned int flags, unsigned int least) {
  BEGIN
  if (!isResource(input) || *groups != 1 || remaining != NULL || flags != 0) return invalidValue;
  unsigned int rounded = (least + stepSize - 1) / stepSize * stepSize;
  if (rounded > input->sm.smCount) return invalidResource;
  *result = *input;
  result->sm.smCount = rounded;
  return 0;
}

int cuDevResourceGenerateDesc(void **description, Resource *resources, unsigned int count) {
  BEGIN
  if (!isResource(resources) || count != 1) return invalidValue;
  described = resources[0];
  *description = &described;
  return 0;
}

int cuGreenCtxCreate(void **context, void *description, int device, unsigned int flags) {
  BEGIN
  if (description != &described || !deviceOf(device) || flags != 1) return invalidValue;
  created = described;
  *context = &created;
  return 0;
}

int cuGreenCtxGetDevResource(void *context, Resource *resource, int type) {
  BEGIN
  if (context != &created || type != 1) return invalidValue;
  *resource = created;
  if (getenv("FAKE_CUDA_KEEPS") != NULL) resource->sm.smCount -= (unsigned int)atoi(getenv("FAKE_CUDA_KEEPS"));
  return 0;
}

#ifdef FIRST_DRIVER
static int plain, current;

int cuCtxFromGreenCtx(void **context, void *green) {
  BEGIN
  *context = &plain;
  return green == &created ? 0 : invalidValue;
}

int cuCtxPushCurrent_v2(void *context) {
  BEGIN
  current = 1;
  return context == &plain ? 0 : invalidValue;
}

int cuStreamCreate(void **stream, unsigned int flags) {
  BEGIN
  *stream = (void *)0x7fedcba987654320;
  return current && flags == 1 ? 0 : invalidValue;
}

int cuCtxPopCurrent_v2(void **context) {
  BEGIN
  *context = &plain;
  current = 0;
  return 0;
}
#else
int cuGreenCtxStreamCreate(void **stream, void *context, unsigned int flags, int priority) {
  BEGIN
  if (context != &created || flags != 1 || priority != 0) return invalidValue;
  *stream = (void *)0x7fedcba987654320;
  return 0;
}
#endif
#endif
