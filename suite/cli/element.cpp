// `dsqbench element`: what a batch script of `submit` runs on a node. Not for people: hidden from the help.
#include "suite/cli/verbs.h"
#include "suite/launch/array_element.h"

namespace dsqbench {

namespace {

struct Arguments {
    std::filesystem::path submission;
    std::string array;
    std::size_t element = 0;
};

void run(const Arguments& arguments, Session& session) {
    Progress progress;
    session.exit_code = run_element(read_submission(arguments.submission), arguments.array, arguments.element,
                                    this_slurm_job(), progress);
}

void declare(CLI::App& command, Session& session) {
    const auto arguments = std::make_shared<Arguments>();
    command.add_option("submission", arguments->submission, "its folder")->required();
    command.add_option("array", arguments->array, "which of its arrays")->required();
    command.add_option("element", arguments->element, "which of its elements")->required();
    command.callback([arguments, &session] { run(*arguments, session); });
}

}  // namespace

const Verb element_verb{"element", "", declare};

}  // namespace dsqbench
