# Writes HEADER with the commit of the checkout SOURCE: its hash, "-dirty" when what the program is built from differs
# from it, "unknown" where SOURCE is not the top of a checkout (a source archive inside another project's checkout must
# not take that project's commit). GIT may be empty.
set(commit "unknown")
# A checkout that belongs to another user, as in a container, is refused by default; only its hash is read here.
set(git ${GIT} -c safe.directory=${SOURCE} -C ${SOURCE})

function(ask_git result)
  execute_process(COMMAND ${git} ${ARGN} OUTPUT_VARIABLE output RESULT_VARIABLE status ERROR_QUIET
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT status EQUAL 0)
    set(output "")
  endif()
  set(${result} "${output}" PARENT_SCOPE)
endfunction()

if(GIT)
  ask_git(top rev-parse --show-toplevel)
  file(REAL_PATH "${SOURCE}" source)
  if(top STREQUAL source)
    ask_git(hash rev-parse HEAD)
  endif()
endif()
if(hash)
  set(commit ${hash})
  ask_git(changes status --porcelain -- CMakeLists.txt suite quantizers kernels)
  if(changes)
    string(APPEND commit "-dirty")
  endif()
endif()
file(CONFIGURE OUTPUT ${HEADER} CONTENT "#define DSQBENCH_COMMIT \"${commit}\"\n")
