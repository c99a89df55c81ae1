package io.github.tfkfac.extension;

import io.github.tfkfac.FactorOptions;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.LayerOptions;
import io.github.tfkfac.RefreshPolicy;
import io.github.tfkfac.internal.optimizer.ExampleMasks;
import io.github.tfkfac.internal.optimizer.Keeper;
import io.github.tfkfac.internal.optimizer.MaskState;
import io.github.tfkfac.internal.optimizer.Overrides;
import io.github.tfkfac.internal.state.StateStore;
import java.util.Optional;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** Captured layer with the settings that hold for it, and the place of its variables. */
public final class CapturedLayer<T extends TNumber> {

  private final LayerSite<T> site;
  private final int index;
  private final StateStore store;
  private final KfacOptions options;
  private final Damping damping;
  private final Keeper keeper;
  private final Optional<MaskState> mask;

  /**
   * A layer, made by the library only.
   *
   * @param index its place among the captured layers
   * @param damping its own or the optimizer's
   * @param keeper of its block's state
   */
  @SuppressWarnings("exports") // called by the library only
  public CapturedLayer(
      LayerSite<T> site,
      int index,
      StateStore store,
      KfacOptions options,
      Damping damping,
      Keeper keeper,
      ExampleMasks masks) {
    this.site = site;
    this.index = index;
    this.store = store;
    this.options = options;
    this.damping = damping;
    this.keeper = keeper;
    this.mask =
        masks
            .of(site)
            .map(
                examples ->
                    new MaskState(
                        examples,
                        store.create(
                            site.name() + "/updates",
                            TInt64.class,
                            Shape.scalar(),
                            tf -> tf.constant(0L))));
  }

  /** Where the layer is in the graph. */
  public LayerSite<T> site() {
    return site;
  }

  /** Element type of its weight, and of everything computed of it. */
  public Class<T> type() {
    return site.weight().type();
  }

  /** Shape of its gradient matrix: {@code [inputSize, outputSize]}, or one such per group. */
  public Shape matrixShape() {
    Shape matrix = Shape.of(site.inputSize(), site.outputSize());
    return site.inputStructure() instanceof FactorStructure.Stack stack
        ? Shape.of(stack.count()).append(matrix)
        : matrix;
  }

  /** Entries of the input factor that are kept, after {@link LayerOptions#limit}. */
  public FactorStructure inputStructure() {
    return options.layers().limit().kept(site.inputStructure());
  }

  /** Entries of the output-gradient factor that are kept. */
  public FactorStructure outputStructure() {
    return options.layers().limit().kept(site.outputStructure());
  }

  /** Its damping. */
  public Damping damping() {
    return damping;
  }

  /** Value of its damping's schedule at the current step, a scalar. */
  public Operand<T> damping(StepScalars<T> step) {
    return step.atStep(damping.strength());
  }

  /** How statistics are estimated and averaged. */
  public FactorOptions factors() {
    return options.factors();
  }

  /**
   * Creates a variable of the block, named {@code kfac/<weight>/<name>}.
   *
   * @param initial builds the initial value
   */
  public GraphVariable<T> variable(String name, Shape shape, Function<Ops, Operand<T>> initial) {
    return create(name, type(), shape, initial);
  }

  /** Creates a variable whose entries have the same initial value. */
  public GraphVariable<T> variable(String name, Shape shape, double initial) {
    return variable(name, shape, tf -> tf.fill(tf.constant(shape), tf.constant(type(), initial)));
  }

  /** Creates a counter that starts at 0. */
  public GraphVariable<TInt64> counter(String name) {
    return create(name, TInt64.class, Shape.scalar(), tf -> tf.constant(0L));
  }

  /** Creates several counters in one variable. */
  public GraphVariable<TInt64> counters(String name, int count) {
    return create(
        name,
        TInt64.class,
        Shape.of(count),
        tf -> tf.fill(tf.array(count), tf.constant(TInt64.class, 0)));
  }

  private <V extends TNumber> GraphVariable<V> create(
      String name, Class<V> elements, Shape shape, Function<Ops, Operand<V>> initial) {
    String inStore = site.name() + "/" + name;
    return switch (keeper) {
      case EVERY_WORKER -> store.create(inStore, elements, shape, initial);
      case THIS_WORKER -> store.createOfOneWorker(inStore, elements, shape, initial);
      case ANOTHER_WORKER ->
          throw new IllegalStateException("another worker keeps the curvature of " + site.name());
    };
  }

  /** Whether this worker keeps its block's state. */
  public boolean isKeptHere() {
    return keeper != Keeper.ANOTHER_WORKER;
  }

  /** Place among the captured layers, from 0. */
  public int index() {
    return index;
  }

  /** When its block is refreshed. */
  public RefreshPolicy refreshes() {
    return Overrides.refreshes(site.name(), options);
  }

  /** The examples that count, if not all do. */
  @SuppressWarnings("exports") // called by the library only
  public Optional<MaskState> mask() {
    return mask;
  }
}
