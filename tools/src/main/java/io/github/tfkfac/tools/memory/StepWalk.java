package io.github.tfkfac.tools.memory;

import io.github.tfkfac.tools.memory.StepGraph.Edge;
import io.github.tfkfac.tools.memory.StepGraph.Node;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Goes through a step as one thread of TensorFlow's executor does and counts the memory alive.
 *
 * <p>An output lives from its operation until the last reader ran. Views share memory, operations
 * on entries take that of an input nobody else needs, an assignment gives a variable the memory of
 * its new value. Operations behind the side of a switch that is not taken do not run.
 */
final class StepWalk {

  private static final int SHOWN = 12;

  private final StepGraph graph;
  private final Decisions decisions;
  private final Order order;
  private final Readers readers;
  private final int[] waiting;
  private final int[] deadInputs;
  private final boolean[] reached;
  private final @Nullable Buffer[][] outputs;
  private final boolean[][] dead;
  private final @Nullable Buffer[] variables;
  private final Deque<Integer> ready = new ArrayDeque<>();
  private final List<Buffer> all = new ArrayList<>();
  private final List<String> open = new ArrayList<>();
  private final BitSet ran = new BitSet();

  private int time;
  private long alive;
  private long peak;
  private int peakTime;
  private int peakNode;

  StepWalk(StepGraph graph, Decisions decisions, Order order) {
    int count = graph.nodes().size();
    this.graph = graph;
    this.decisions = decisions;
    this.order = order;
    this.readers = new Readers(graph);
    this.waiting = new int[count];
    this.deadInputs = new int[count];
    this.reached = new boolean[count];
    this.outputs = new Buffer[count][];
    this.dead = new boolean[count][];
    this.variables = new Buffer[count];
  }

  /**
   * The memory of the step.
   *
   * @param step its number, for the result
   * @param fetched outputs that live to the end
   */
  StepMemory run(long step, List<Edge> fetched) {
    long variableBytes = allocateAll(Sharing.HANDLE) + allocateAll(Sharing.REFERENCE);
    long constantBytes = allocateAll(Sharing.CONSTANT);
    long fedBytes = allocateAll(Sharing.PLACEHOLDER);
    long held = alive;
    fetched.forEach(readers::addHolder);
    for (int i = 0; i < waiting.length; i++) {
      Node node = graph.nodes().get(i);
      waiting[i] = node.controls().size() + (isMerge(node) ? 1 : node.inputs().size());
      if (waiting[i] == 0) {
        ready.add(i);
      }
    }
    peak = alive;
    while (!ready.isEmpty()) {
      run(order == Order.OLDEST ? ready.removeFirst() : ready.removeLast());
      time++;
    }
    Node at = graph.nodes().get(peakNode);
    return new StepMemory(
        step,
        variableBytes,
        constantBytes,
        fedBytes,
        peak - held,
        at.name(),
        at.type(),
        all.stream()
            .filter(buffer -> buffer.born > 0 && buffer.isAlive(peakTime))
            .sorted(Comparator.comparingLong((Buffer buffer) -> buffer.bytes).reversed())
            .limit(SHOWN)
            .map(buffer -> new StepMemory.Temporary(buffer.owner, buffer.bytes))
            .toList(),
        ran.cardinality(),
        open);
  }

  /** The operations that ran. */
  BitSet ran() {
    return ran;
  }

  /** Memory that is allocated before the step. */
  private long allocateAll(String type) {
    long before = alive;
    for (int i = 0; i < outputs.length; i++) {
      if (graph.nodes().get(i).type().equals(type)) {
        Buffer buffer = allocate(graph.nodes().get(i), 0, 0);
        buffer.use(1);
        variables[i] = buffer;
      }
    }
    return alive - before;
  }

  private Buffer allocate(Node node, int output, int born) {
    Buffer buffer = new Buffer(node.name(), node.bytes(output), born);
    all.add(buffer);
    alive += buffer.bytes;
    return buffer;
  }

  private void run(int at) {
    Node node = graph.nodes().get(at);
    boolean skipped = isSkipped(node);
    int count = Math.max(node.bytes().size(), 1);
    outputs[at] = new Buffer[count];
    dead[at] = new boolean[count];
    if (skipped) {
      Arrays.fill(dead[at], true);
    } else {
      ran.set(at);
      compute(at, node);
    }
    if (alive > peak) {
      peak = alive;
      peakTime = time + 1;
      peakNode = at;
    }
    finish(at, node);
    readers.of(at).forEach(reader -> arrived(reader, at));
  }

  private boolean isSkipped(Node node) {
    if (node.controls().stream().anyMatch(before -> dead[before][0] && isWhollyDead(before))) {
      return true;
    }
    return isMerge(node)
        ? node.inputs().stream().noneMatch(this::isLive)
        : !node.inputs().stream().allMatch(this::isLive);
  }

  private boolean isWhollyDead(int node) {
    for (boolean output : dead[node]) {
      if (!output) {
        return false;
      }
    }
    return true;
  }

  private boolean isLive(Edge edge) {
    return dead[edge.node()] != null && !dead[edge.node()][edge.output()];
  }

  private void compute(int at, Node node) {
    for (int i = 0; i < node.bytes().size(); i++) {
      if (node.bytes().get(i).isEmpty()) {
        open.add(node.name() + ":" + i);
      }
    }
    if (variables[at] != null) {
      hold(at, 0, node.type().equals(Sharing.HANDLE) ? null : variables[at]);
    } else if (node.type().equals(Sharing.ASSIGN_HANDLE)) {
      assign(handle(node.inputs().get(0)), buffer(node.inputs().get(1)));
    } else if (Sharing.isView(node)) {
      view(at, node);
    } else {
      for (int i = 0; i < node.bytes().size(); i++) {
        Optional<Buffer> taken = i == 0 ? replaceable(node) : Optional.empty();
        hold(at, i, taken.isPresent() ? taken.get() : allocate(node, i, time + 1));
      }
    }
  }

  private void view(int at, Node node) {
    if (node.type().equals("ReadVariableOp")) {
      hold(at, 0, variables[handle(node.inputs().get(0))]);
    } else if (node.type().endsWith(Sharing.SWITCH)) {
      int taken = decisions.at(node.inputs().get(1)) ? 1 : 0;
      dead[at][1 - taken] = true;
      hold(at, taken, buffer(node.inputs().get(0)));
    } else if (isMerge(node)) {
      Edge live = node.inputs().stream().filter(this::isLive).findFirst().orElseThrow();
      hold(at, 0, buffer(live));
    } else {
      for (int i = 0; i < node.bytes().size(); i++) {
        hold(at, i, buffer(node.inputs().get(i)));
      }
    }
  }

  /** The memory of an input that this operation alone still reads, or passes on as it is. */
  private Optional<Buffer> replaceable(Node node) {
    if (Sharing.passesWhole(node)) {
      return Optional.ofNullable(buffer(node.inputs().get(0)))
          .filter(buffer -> buffer.bytes == node.bytes(0));
    }
    for (Edge input : Sharing.replaceable(node)) {
      Buffer buffer = buffer(input);
      if (buffer != null && buffer.uses() == 1 && buffer.bytes == node.bytes(0)) {
        return Optional.of(buffer);
      }
    }
    return Optional.empty();
  }

  private void hold(int at, int output, @Nullable Buffer buffer) {
    outputs[at][output] = buffer;
    if (buffer != null) {
      buffer.use(readers.count(at, output));
    }
  }

  private void assign(int variable, @Nullable Buffer value) {
    Buffer old = variables[variable];
    if (value != null && old != null && value != old) {
      value.use(1);
      alive -= old.release(1, time + 1);
      variables[variable] = value;
    }
  }

  /** The variable behind a handle. */
  private int handle(Edge edge) {
    Node node = graph.nodes().get(edge.node());
    return node.type().equals(Sharing.HANDLE) ? edge.node() : handle(node.inputs().get(0));
  }

  private @Nullable Buffer buffer(Edge edge) {
    return outputs[edge.node()][edge.output()];
  }

  /** Gives up what the operation read, and its own outputs that nobody reads. */
  private void finish(int at, Node node) {
    for (Edge input : node.inputs()) {
      Buffer buffer = outputs[input.node()] == null ? null : buffer(input);
      if (buffer != null) {
        alive -= buffer.release(1, time + 2);
      }
    }
    for (Buffer output : outputs[at]) {
      if (output != null && output.uses() == 0) {
        alive -= output.release(0, time + 2);
      }
    }
  }

  private void arrived(Readers.Reader reader, int from) {
    int to = reader.node();
    if (isMerge(graph.nodes().get(to)) && !reader.isControl()) {
      if (reached[to]) {
        return;
      }
      boolean live = !dead[from][reader.output()];
      deadInputs[to] += live ? 0 : 1;
      if (!live && deadInputs[to] < graph.nodes().get(to).inputs().size()) {
        return;
      }
      reached[to] = true;
    }
    waiting[to]--;
    if (waiting[to] == 0) {
      ready.add(to);
    }
  }

  private static boolean isMerge(Node node) {
    return node.type().equals(Sharing.MERGE);
  }
}
