# The CUDA language, and for which cards the module is built; INFERLAB_BUILDS_CUDA says whether it is.
set(INFERLAB_CUDA AUTO CACHE STRING "Build the CUDA module: AUTO (where nvcc is found), ON or OFF")
set(INFERLAB_CUDA_ARCHITECTURES "80;90" CACHE STRING
  "Compute capabilities to build for, and PTX of the last; 'all': every one from 7.5 that nvcc knows")

set(INFERLAB_BUILDS_CUDA OFF)
find_program(INFERLAB_NVCC nvcc HINTS ENV CUDA_HOME ENV CUDA_PATH PATHS /usr/local/cuda /opt/cuda PATH_SUFFIXES bin)
if(INFERLAB_CUDA STREQUAL "OFF")
  message(STATUS "INFERLAB_CUDA is OFF: the CUDA module is left out; the program runs on the CPU")
  return()
elseif(NOT INFERLAB_NVCC)
  if(INFERLAB_CUDA STREQUAL "ON")
    message(FATAL_ERROR "INFERLAB_CUDA is ON, and nvcc (CUDA 12 or 13) was not found: put it on the PATH, or set CUDA_HOME")
  endif()
  message(STATUS "nvcc was not found: the CUDA module is left out; the program runs on the CPU")
  return()
endif()
message(STATUS "nvcc: ${INFERLAB_NVCC}")

set(CMAKE_CUDA_COMPILER "${INFERLAB_NVCC}")
if(NOT CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES 80) # for the compiler's own check; the module's list is below
endif()
enable_language(CUDA)
if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION) # CMake before 3.26 does not know that nvcc 12 has C++20
  set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION "-std=c++20")
  set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION "-std=c++20")
endif()
find_package(CUDAToolkit REQUIRED)
if(CUDAToolkit_VERSION VERSION_LESS 12)
  message(FATAL_ERROR "CUDA 12 or 13 was expected, found ${CUDAToolkit_VERSION} (${INFERLAB_NVCC}); "
                      "-DINFERLAB_CUDA=OFF builds without it")
endif()

set(INFERLAB_CUDA_TARGETS "${INFERLAB_CUDA_ARCHITECTURES}")
if(INFERLAB_CUDA_TARGETS STREQUAL "all")
  set(INFERLAB_CUDA_TARGETS 75 80 86 89 90)
  if(CUDAToolkit_VERSION VERSION_GREATER_EQUAL 12.8)
    list(APPEND INFERLAB_CUDA_TARGETS 100 120)
  endif()
endif()
# Newer cards than the last run its PTX, which nvcc makes on the way in any case.
list(POP_BACK INFERLAB_CUDA_TARGETS last)
list(TRANSFORM INFERLAB_CUDA_TARGETS APPEND "-real")
list(APPEND INFERLAB_CUDA_TARGETS "${last}")
message(STATUS "CUDA module: CUDA ${CUDAToolkit_VERSION} for ${INFERLAB_CUDA_TARGETS}")
set(INFERLAB_BUILDS_CUDA ON)
