package io.github.tfkfac.models.train;

import io.github.tfkfac.models.data.Batch;
import io.github.tfkfac.models.data.BatchPlan;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.ParameterStore;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.family.TNumber;

/**
 * A classifier in a graph, ready to be evaluated.
 *
 * <p><i>Shapes</i>: images {@code [N, H, W, C]}, labels one-hot {@code [N, classes]}, for any N.
 *
 * @param spec what was built
 * @param store owner of the variables
 * @param images to be fed
 * @param labels to be fed
 * @param inference the pass that evaluation runs
 */
public record ClassifierGraph<T extends TNumber>(
    ClassifierSpec<T> spec,
    ParameterStore<T> store,
    Operand<T> images,
    Operand<T> labels,
    Pass<T> inference)
    implements Classifier<T> {

  /** Adds a classifier to a graph. */
  public static <T extends TNumber> ClassifierGraph<T> build(Graph graph, ClassifierSpec<T> spec) {
    Ops tf = Ops.create(graph);
    ParameterStore<T> store = new ParameterStore<>(tf, spec.type(), spec.seed());
    Operand<T> images =
        tf.withName("images")
            .placeholder(
                spec.type(),
                Placeholder.shape(
                    Shape.of(
                        Shape.UNKNOWN_SIZE,
                        spec.images().height(),
                        spec.images().width(),
                        spec.images().channels())));
    Operand<T> labels =
        tf.withName("labels")
            .placeholder(
                spec.type(), Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE, spec.classes())));
    Pass<T> inference = Pass.build(spec, LayerContext.inference(tf, store), images, labels);
    return new ClassifierGraph<>(spec, store, images, labels, inference);
  }

  @Override
  public Map<String, String> settings() {
    return Map.of(
        "run.network", spec.architecture().name(),
        "run.classes", Integer.toString(spec.classes()),
        "run.type", spec.type().getSimpleName(),
        "run.seed", Long.toString(spec.seed()));
  }

  @Override
  public void requireFits(BatchPlan plan) {
    spec.requireFits(plan.data());
  }

  @Override
  public Feeds feeds(Batch batch) {
    return new Feeds()
        .with(images, batch.imageTensor(spec.type()))
        .with(labels, batch.labelTensor(spec.type()));
  }
}
