#include "quantizers/torch_headers.h"
