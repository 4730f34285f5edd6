// Runs kept for comparison: a chip for each with its label and the shape of its marks on the
// charts, to show it or take it away. Taking away can be undone.
#pragma once

#include "app/session/session_types.h"

#include <QWidget>
#include <vector>

namespace inferlab {

class KeptRuns : public QWidget
{
    Q_OBJECT

public:
    // More lines than that on one chart cannot be told apart.
    static constexpr size_t kMaxRuns = 6;
    static constexpr int kMostRows = 2; // of chips: the room is the charts'

    explicit KeptRuns(QWidget *parent = nullptr);

    // Adds a run as the newest; when there are too many the oldest goes (and can come back). A
    // label that is there already gets a number. False when this run is here already.
    bool keep(const RunRecordPtr &run);
    void remove(size_t index);
    void undoRemove();
    bool canUndo() const noexcept { return m_removed != nullptr; }
    const std::vector<RunRecordPtr> &runs() const noexcept { return m_runs; } // oldest first
    // The run that the charts show as the current one: it is none of the earlier ones, also where
    // it is kept under a label of its own.
    void setShown(const RunRecordPtr &run);
    std::vector<RunRecordPtr> earlier() const; // the others, oldest first

signals:
    void changed();
    void removed(const QString &label); // undoRemove() brings it back
    void showRequested(const inferlab::RunRecordPtr &run);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    // What is kept at `index` is `run`, or a copy of it with another label.
    bool isAt(size_t index, const RunRecordPtr &run) const;
    void rebuild();
    void arrange();
    int place(int widest, bool move);
    void fillWords();
    void paintMarks();
    QWidget *makeChip(size_t index);

    std::vector<RunRecordPtr> m_runs;
    std::vector<RunRecordPtr> m_origins; // what each was kept from, before it got a number
    RunRecordPtr m_shown;
    RunRecordPtr m_removed;
    RunRecordPtr m_removedOrigin;
    size_t m_removedIndex = 0;
    std::vector<QWidget *> m_chips; // of the runs, in their order
};

} // namespace inferlab
