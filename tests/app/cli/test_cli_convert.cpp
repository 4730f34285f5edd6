// inferlab-cli convert: what it writes is what the library writes, to stdout or to a file that is
// not its own input.
#include "check_refused.h"

#include "app/exchange/exchange.h"
#include "engine/measure/record_json.h"
#include "engine/measure/rich_record.h"
#include "support/gguf_writer.h"

#include <doctest/doctest.h>

#include <filesystem>

using namespace inferlab;
using namespace inferlab::test;

namespace {

class RecordFile
{
public:
    RecordFile() { writeBytes(path(), runsToJson({richRecord()})); }
    std::string path() const { return other("run.json"); }
    std::string other(const std::string &name) const { return (m_folder / name).string(); }
    std::vector<std::string> call(const std::string &format) const
    {
        return {"convert", "--record", path(), "--to", format};
    }

private:
    ScratchFolder m_folder {INFERLAB_TEST_SCRATCH};
};

} // namespace

TEST_CASE("every format comes out as the library writes it, on stdout or in a file")
{
    const RecordFile record;
    for (const ExchangeFormat format : kExchangeFormats) {
        const std::string name(exchangeName(format));
        CAPTURE(name);
        const std::string expected = writeRuns({richRecord()}, format);
        const CliResult printed = runCli(record.call(name));
        CHECK(printed.exitCode == 0);
        CHECK(printed.out == expected);

        std::vector<std::string> call = record.call(name);
        call.insert(call.end(), {"--out", record.other(name)});
        const CliResult written = runCli(call);
        CHECK(written.exitCode == 0);
        CHECK(written.out.empty());
        CHECK(readFile(record.other(name)) == expected);
    }
}

TEST_CASE("an input is not replaced, and what is not known is refused in one line")
{
    const RecordFile record;
    const std::string before = readFile(record.path());
    const std::string link = record.other("link.json");
    std::filesystem::create_symlink(record.path(), link);
    for (const std::string &out : {record.path(), link}) {
        std::vector<std::string> call = record.call("vllm");
        call.insert(call.end(), {"--out", out});
        checkRefused(call, "--out: expected a file other than the record, found ");
    }
    CHECK(readFile(record.path()) == before);

    checkRefused(record.call("xml"), "--to: expected inferlab, vllm, aiperf or notebook");
    checkRefused({"convert", "--record", record.other("none.json"), "--to", "vllm"}, "none.json");
    std::vector<std::string> nowhere = record.call("vllm");
    nowhere.insert(nowhere.end(), {"--out", record.other("no/such/folder.json")});
    CHECK(runCli(nowhere).exitCode != 0);
}
