// Reads the arguments of `inferlab`.
#include "command_line.h"

#include "engine/text/utf8_stream.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace inferlab {

namespace {

// Qt takes these out itself, each with a value.
constexpr std::array<std::string_view, 7> kQtOptions {"-platform",       "-style",    "-stylesheet",
                                                      "-display",        "-geometry", "-fontengine",
                                                      "-qwindowgeometry"};

constexpr int kMaxBatch = 256;        // the engine's limit
constexpr int kMaxNewTokens = 100000; // as in the window
constexpr int kMaxThreads = 1024;     // more than any machine has cores

class Parser
{
public:
    explicit Parser(std::span<const std::string> arguments)
        : m_arguments(arguments)
    { }

    std::variant<CommandLine, CommandLineError> parse()
    {
        while (m_error.empty() && m_next < m_arguments.size())
            one(m_arguments[m_next++]);
        if (m_error.empty())
            check();
        if (!m_error.empty())
            return CommandLineError {m_error};
        return m_result;
    }

private:
    void one(const std::string &argument)
    {
        if (std::find(kQtOptions.begin(), kQtOptions.end(), argument) != kQtOptions.end()) {
            ++m_next;
            return;
        }
        std::string name = argument;
        m_inlineValue.reset();
        if (const size_t equals = argument.find('=');
            equals != std::string::npos && argument.starts_with("--")) {
            name = argument.substr(0, equals);
            m_inlineValue = argument.substr(equals + 1);
        }
        if (name == "--help" || name == "-h")
            m_result.mode = CommandLine::Mode::Help;
        else if (name == "--version")
            m_result.mode = CommandLine::Mode::Version;
        else if (name == "--model")
            m_result.model = value(name);
        else if (name == "--prompt")
            m_result.prompt = text(name);
        else if (name == "--open")
            m_result.openRecord = value(name);
        else if (name == "--history")
            m_result.history = value(name);
        else if (name == "--out")
            m_result.outputFolder = value(name);
        else if (name == "--batch")
            m_result.batch = number(name, kMaxBatch);
        else if (name == "--new-tokens")
            m_result.newTokens = number(name, kMaxNewTokens);
        else if (name == "--headless")
            headless(value(name));
        else if (!experimentOption(name))
            other(argument, name);
    }

    // Whether it was one.
    bool experimentOption(const std::string &name)
    {
        if (name == "--list")
            m_result.listPresets = true;
        else if (name == "--json")
            m_result.json = true;
        else if (name == "--preset")
            m_result.preset = value(name);
        else if (name == "--file")
            m_result.planFile = value(name);
        else if (name == "--device")
            m_result.device = value(name);
        else if (name == "--threads")
            m_result.threads = number(name, kMaxThreads);
        else
            return false;
        m_experimentOption = name;
        return true;
    }

    void other(const std::string &argument, const std::string &name)
    {
        if (name.starts_with('-') && name != "-")
            m_error = "unknown argument " + name + " (see --help)";
        else
            file(argument);
    }

    void headless(const std::string &what)
    {
        if (what == "demo")
            m_result.mode = CommandLine::Mode::Demo;
        else if (what == "experiment")
            m_result.mode = CommandLine::Mode::Experiment;
        else if (m_error.empty())
            m_error = "--headless: expected demo or experiment, found " + what;
    }

    // A file without an option: what a file manager passes.
    void file(const std::string &path)
    {
        std::string &target = path.ends_with(".json") ? m_result.openRecord : m_result.model;
        if (!target.empty())
            m_error = "one file at a time: found " + target + " and " + path;
        target = path;
    }

    std::string value(const std::string &name)
    {
        std::string text;
        if (m_inlineValue)
            text = *m_inlineValue;
        else if (m_next < m_arguments.size())
            text = m_arguments[m_next++];
        if (text.empty() && m_error.empty())
            m_error = name + ": expected a value";
        return text;
    }

    std::string text(const std::string &name)
    {
        const std::string bytes = value(name);
        if (m_error.empty() && !isValidUtf8(bytes))
            m_error = name + ": expected UTF-8 text, found bytes that are not UTF-8";
        return bytes;
    }

    int number(const std::string &name, int maximum)
    {
        const std::string text = value(name);
        int parsed = 0;
        const char *end = text.data() + text.size();
        const auto [stop, code] = std::from_chars(text.data(), end, parsed);
        const bool whole = code == std::errc {} && stop == end;
        if (m_error.empty() && (!whole || parsed < 1 || parsed > maximum)) {
            m_error = name + ": expected a number from 1 to " + std::to_string(maximum) + ", found "
                + text;
        }
        return parsed;
    }

    void check()
    {
        if (m_result.mode == CommandLine::Mode::Demo && m_result.outputFolder.empty())
            m_error = "--headless demo: expected --out FOLDER";
        if (m_result.mode == CommandLine::Mode::Window && !m_result.outputFolder.empty())
            m_error = "--out: only with --headless demo or experiment";
        if (m_result.mode == CommandLine::Mode::Experiment)
            checkExperiment();
        else if (!m_experimentOption.empty())
            m_error = m_experimentOption + ": only with --headless experiment";
    }

    void checkExperiment()
    {
        const int sources = (m_result.listPresets ? 1 : 0) + (m_result.preset.empty() ? 0 : 1)
            + (m_result.planFile.empty() ? 0 : 1);
        if (sources != 1)
            m_error =
                "--headless experiment: expected one of --list, --preset NAME and --file FILE";
        else if (!m_result.listPresets && m_result.outputFolder.empty())
            m_error = "--headless experiment: expected --out FOLDER";
    }

    std::span<const std::string> m_arguments;
    size_t m_next = 0;
    std::optional<std::string> m_inlineValue;
    CommandLine m_result;
    std::string m_experimentOption; // one that only an experiment has; empty: none was given
    std::string m_error;
};

} // namespace

std::variant<CommandLine, CommandLineError> parseCommandLine(std::span<const std::string> arguments)
{
    return Parser(arguments).parse();
}

std::string commandLineHelp()
{
    return R"(InferLab: a laboratory for LLM inference

inferlab [FILE] [--model FILE] [--prompt TEXT] [--open RUN.json] [--history FILE]
    opens the window
inferlab --headless demo --out FOLDER [--model FILE] [--prompt TEXT] [--batch N] [--new-tokens N]
    runs without a display: the answer on stdout, charts (SVG, PNG), CSV and JSON in the folder
inferlab --headless experiment (--list | --preset NAME | --file PLAN.json) --out FOLDER [--model FILE]
    runs a sweep without a display, or goes on with the one in the folder: records, tables, charts
    and a report in one HTML file; also --device NAME, --threads N, --json

  --model FILE      a GGUF model; without it the default model is used
  --prompt TEXT     what the model is asked
  --open RUN.json   shows a saved run
  --history FILE    where runs are kept, also an experiment's, or "off"; else INFERLAB_HISTORY says, or they are in
                    inferlab/history.sqlite of the user's data folder
  --batch N         sequences at once, 1 to 256 (as used last; at first 1)
  --new-tokens N    length of each answer at most (as used last; at first 128)
  --version, --help

Exit codes: 0 done, 1 failed at run time, 2 bad arguments or bad input, 130 interrupted.
)";
}

} // namespace inferlab
