// Counts the tokens of a prompt as it would be sent: at once while it is short, on a thread of its
// own where that would be felt.
#pragma once

#include "engine/run/prompt.h"

#include <QObject>
#include <QPointer>
#include <cstdint>
#include <memory>
#include <optional>

class QThread;

namespace inferlab {

class LoadedModel;

struct PromptTokens
{
    int64_t text = 0; // of what was typed
    int64_t sent = 0; // with what the chat template, or the model's beginning token, adds
};

PromptTokens countPromptTokens(const LoadedModel &model, const PromptText &prompt);

class PromptCounter : public QObject
{
    Q_OBJECT

public:
    // Bytes. Counting a page takes a millisecond, counting a book a tenth of a second.
    static constexpr size_t kQuickBytes = 20'000;

    explicit PromptCounter(QObject *parent = nullptr);
    ~PromptCounter() override; // waits for its thread

    // What was counted before is forgotten. A null model: nothing is known.
    void setPrompt(const PromptText &prompt, const std::shared_ptr<LoadedModel> &model);
    // Of the last prompt; empty while it is being counted.
    const std::optional<PromptTokens> &tokens() const noexcept { return m_tokens; }

signals:
    void counted(); // tokens() has just become known, later than setPrompt()

private:
    void startThread();

    PromptText m_prompt;
    std::weak_ptr<LoadedModel> m_model; // the worker owns it
    std::optional<PromptTokens> m_tokens;
    uint64_t m_generation = 0; // of the prompt: a count of another one is dropped
    QPointer<QThread> m_thread;
};

} // namespace inferlab
