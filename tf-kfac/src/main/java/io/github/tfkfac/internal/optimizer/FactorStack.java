package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.Approximation;
import io.github.tfkfac.extension.CapturedLayer;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.extension.DampingContext;
import io.github.tfkfac.extension.FactorPair;
import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.RefreshContext;
import io.github.tfkfac.extension.RefreshWork;
import io.github.tfkfac.internal.precondition.Side;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Refresh of factors of one structure that are batched: several dense ones as a stack, every other
 * kind alone. Fewer operations, and all cores are busy.
 *
 * @param members the factors with their blocks
 */
record FactorStack<T extends TNumber, F extends KroneckerFactor<T>>(List<Member<T, F>> members)
    implements LayerWork<T> {

  /** A stack has at most this many bytes, unless a single factor is larger. */
  private static final long LARGEST_BYTES = 32L << 20;

  /**
   * A factor in its block.
   *
   * @param block the block
   * @param side which of its factors
   */
  record Member<T extends TNumber, F extends KroneckerFactor<T>>(
      KroneckerBlock<T, F> block, Side side) {

    F factor() {
      return side.of(block.input, block.output);
    }

    /** The block's other factor. */
    F partner() {
      return side.of(block.output, block.input);
    }
  }

  /** Factors that could be refreshed as one. */
  private record Kind(
      FactorStructure structure, Approximation approximation, Optional<Side> side) {}

  @Override
  public Object kind() {
    return new Kind(
        structure(),
        block().approximation(),
        damping().couplesFactors() ? Optional.of(members.get(0).side()) : Optional.empty());
  }

  @Override
  public double cost() {
    return block().relativeCost()
        * members.stream().mapToDouble(member -> member.factor().cost()).sum();
  }

  @Override
  public List<Op> refresh(Ops tf, RefreshContext<T> context) {
    return block().refresh(tf, this, context);
  }

  @Override
  public List<GraphVariable<? extends TNumber>> results() {
    return members.stream()
        .flatMap(member -> member.block().results(member.factor()).stream())
        .toList();
  }

  @Override
  public List<Op> completed(Ops tf) {
    return members.stream().flatMap(member -> member.block().restart(tf).stream()).toList();
  }

  @Override
  public List<Aged> aged() {
    return members.stream().map(member -> member.factor().aged()).toList();
  }

  @Override
  public List<RefreshWork<T>> batched(List<RefreshWork<T>> sameKind, double largestCost) {
    int atOnce = 1;
    if (structure() instanceof FactorStructure.Full) {
      double bytes = structure().entries() * (double) Double.BYTES;
      double most = Math.min(LARGEST_BYTES / bytes, largestCost / cost());
      atOnce = (int) Math.max(1, Math.min(most, sameKind.size()));
    }
    @SuppressWarnings("unchecked") // works of one kind are stacks of the same factors
    List<FactorStack<T, F>> stacks = (List<FactorStack<T, F>>) (List<?>) sameKind;
    List<RefreshWork<T>> batches = new ArrayList<>();
    for (int from = 0; from < stacks.size(); from += atOnce) {
      List<FactorStack<T, F>> part = stacks.subList(from, Math.min(from + atOnce, stacks.size()));
      batches.add(
          new FactorStack<>(part.stream().flatMap(stack -> stack.members.stream()).toList()));
    }
    return batches;
  }

  @Override
  public List<RefreshWork<T>> divided(double largestCost) {
    List<RefreshWork<T>> single = new ArrayList<>();
    members.forEach(member -> single.add(new FactorStack<>(List.of(member))));
    return single.get(0).batched(single, largestCost);
  }

  @Override
  public List<FactorStack<T, F>> byKeeper(LayerKeepers keepers) {
    Map<Integer, List<Member<T, F>>> parts = new LinkedHashMap<>();
    for (Member<T, F> member : members) {
      parts
          .computeIfAbsent(
              keepers.keeper(member.block().layer().index()), keeper -> new ArrayList<>())
          .add(member);
    }
    return parts.values().stream().map(FactorStack::new).toList();
  }

  @Override
  public CapturedLayer<T> layer() {
    return block().layer();
  }

  /** Nothing: averages are refreshed. */
  @Override
  public List<Op> contribute(Ops tf, RefreshContext<T> context) {
    return List.of();
  }

  /** The first block, to which the others are alike. */
  private KroneckerBlock<T, F> block() {
    return members.get(0).block();
  }

  private Damping damping() {
    return block().layer().damping();
  }

  FactorStructure structure() {
    return members.get(0).factor().structure;
  }

  Operand<T> averages(Ops tf) {
    return read(tf, variables(factor -> factor.average));
  }

  /** One variable of every member. */
  List<GraphVariable<T>> variables(Function<F, Optional<GraphVariable<T>>> which) {
    return members.stream().map(member -> which.apply(member.factor()).orElseThrow()).toList();
  }

  /** One variable of every member as one operand. */
  Operand<T> read(Ops tf, List<GraphVariable<T>> variables) {
    List<Operand<T>> values = new ArrayList<>();
    variables.forEach(variable -> values.add(variable.read(tf)));
    return join(tf, values);
  }

  /** One value of every member as one operand; a scalar each becomes a vector. */
  private static <T extends TNumber> Operand<T> join(Ops tf, List<Operand<T>> values) {
    return values.size() == 1 ? values.get(0) : tf.stack(values);
  }

  /** Assigns the parts of a joined value. */
  List<Op> assign(Ops tf, List<GraphVariable<T>> variables, Operand<T> joined) {
    if (variables.size() == 1) {
      return List.of(variables.get(0).assign(tf, joined));
    }
    List<Op> effects = new ArrayList<>();
    int index = 0;
    for (Operand<T> value : tf.unstack(joined, (long) variables.size())) {
      effects.add(variables.get(index++).assign(tf, value));
    }
    return effects;
  }

  /**
   * The dampings, one number per matrix.
   *
   * @param averages the stack's averages
   * @param step number of training steps done
   */
  Operand<T> damping(Ops tf, Operand<T> averages, Operand<TInt64> step) {
    Damping damping = damping();
    Class<T> type = averages.type();
    DampingContext context = DampingContext.at(tf, damping, step);
    Operand<T> own = damping.scale().of(tf, structure(), averages);
    if (!damping.couplesFactors()) {
      return bySide(tf, damping.of(tf, new FactorPair<>(own, own), context, type));
    }
    Operand<T> others =
        join(tf, members.stream().map(member -> member.partner().scale(tf)).toList());
    return members.get(0).side() == Side.INPUT
        ? damping.of(tf, new FactorPair<>(own, others), context, type).input()
        : damping.of(tf, new FactorPair<>(others, own), context, type).output();
  }

  /** Of every member its own side's damping. */
  private Operand<T> bySide(Ops tf, FactorPair<T> dampings) {
    List<Side> sides = members.stream().map(Member::side).toList();
    if (dampings.input() == dampings.output() || !sides.contains(Side.OUTPUT)) {
      return dampings.input();
    }
    if (!sides.contains(Side.INPUT)) {
      return dampings.output();
    }
    boolean[] input = new boolean[sides.size()];
    for (int i = 0; i < input.length; i++) {
      input[i] = sides.get(i) == Side.INPUT;
    }
    return tf.select(tf.constant(input), dampings.input(), dampings.output());
  }
}
