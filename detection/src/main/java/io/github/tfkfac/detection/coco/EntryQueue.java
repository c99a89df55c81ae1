package io.github.tfkfac.detection.coco;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.tfkfac.detection.coco.JsonEntries.Visitor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;

/** Has the entries of a list read on all cores and taken over in the order of the list. */
final class EntryQueue {
  private static final int BATCH = 256;
  private static final int MOST_BATCHES = 4 * (1 + ForkJoinPool.getCommonPoolParallelism());

  private final Visitor visitor;
  private final Deque<ForkJoinTask<List<Runnable>>> batches = new ArrayDeque<>();
  private List<JsonNode> nodes = new ArrayList<>(BATCH);
  private int first;

  EntryQueue(Visitor visitor) {
    this.visitor = visitor;
  }

  /** Adds the next entry. */
  void add(JsonNode node) {
    nodes.add(node);
    if (nodes.size() == BATCH) {
      submit();
    }
    if (batches.size() > MOST_BATCHES) {
      takeOver();
    }
  }

  /** Takes over all that was added. */
  void finish() {
    submit();
    while (!batches.isEmpty()) {
      takeOver();
    }
  }

  private void submit() {
    List<JsonNode> batch = nodes;
    int start = first;
    batches.add(ForkJoinPool.commonPool().submit(() -> read(batch, start)));
    first += batch.size();
    nodes = new ArrayList<>(BATCH);
  }

  private List<Runnable> read(List<JsonNode> batch, int start) {
    List<Runnable> read = new ArrayList<>(batch.size());
    for (JsonNode node : batch) {
      read.add(visitor.entry(node, start + read.size()));
    }
    return read;
  }

  private void takeOver() {
    batches.remove().join().forEach(Runnable::run);
  }
}
