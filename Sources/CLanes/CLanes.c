#include "CLanes.h"
#include "CProcessor.h"
