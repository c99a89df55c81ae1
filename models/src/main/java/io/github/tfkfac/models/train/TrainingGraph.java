package io.github.tfkfac.models.train;

import io.github.tfkfac.Checkpoint;
import io.github.tfkfac.PredictiveDistribution;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.models.layer.LayerContext;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * A classifier in a graph, ready to be trained, evaluated and saved.
 *
 * <p>The training step moves the averages of normalization layers as well, unless it is skipped
 * because a gradient is not finite.
 *
 * @param classifier the classifier and its inference pass
 * @param training the pass that training runs; shares all variables with the inference pass
 * @param optimizer what trains it
 * @param step the operation to run for a training step
 * @param checkpoint saves and restores all variables
 */
public record TrainingGraph<T extends TNumber>(
    Classifier<T> classifier,
    Pass<T> training,
    TrainingOptimizer optimizer,
    Op step,
    Checkpoint checkpoint) {

  /** Adds a classifier and its training step to a graph that has no optimizer yet. */
  public static <T extends TNumber> TrainingGraph<T> build(
      Graph graph, ClassifierSpec<T> spec, OptimizerFactory factory) {
    ClassifierGraph<T> classifier = ClassifierGraph.build(graph, spec);
    List<Pass<T>> built = new ArrayList<>();
    TrainingOptimizer optimizer =
        factory.create(graph, () -> PredictiveDistribution.categorical(built.get(0).logits()));
    LayerContext<T> context =
        LayerContext.training(Ops.create(graph), classifier.store(), optimizer.randomKey());
    Pass<T> training = Pass.build(spec, context, classifier.images(), classifier.labels());
    built.add(training);
    optimizer.attachUpdates(classifier.store()::updates);
    Op step = optimizer.minimize(training.loss(), "train");
    return new TrainingGraph<>(classifier, training, optimizer, step, Checkpoint.of(graph));
  }
}
