package io.github.tfkfac.models.data;

/**
 * Logistic regression on scaled pixels, trained by minibatch SGD: the linear classifier to beat.
 */
final class SoftmaxRegression {

  private static final int BATCH_SIZE = 64;

  private final PixelScaling scaling;
  private final int classes;
  private final int features;
  private final float[] weights;
  private final float[] bias;

  private SoftmaxRegression(PixelScaling scaling, int classes, int features) {
    this.scaling = scaling;
    this.classes = classes;
    this.features = features;
    this.weights = new float[classes * features];
    this.bias = new float[classes];
  }

  /** Trains with a learning rate falling linearly to 0 and the given weight decay. */
  static SoftmaxRegression train(
      ImageDataset data, int epochs, float learningRate, float weightDecay) {
    PixelScaling scaling = PixelScaling.ofDataset(data);
    SoftmaxRegression model =
        new SoftmaxRegression(scaling, data.classCount(), data.shape().valueCount());
    BatchPlan plan = BatchPlan.training(data, scaling, BATCH_SIZE, 1);
    Batcher batches = Batcher.endless(plan, BatcherPosition.START);
    int steps = epochs * plan.batchesPerEpoch();
    for (int step = 0; step < steps; step++) {
      model.step(batches.next(), learningRate * (1 - step / (float) steps), weightDecay);
    }
    return model;
  }

  /** Fraction of the images it classifies correctly. */
  double accuracy(ImageDataset data) {
    int right = 0;
    Batcher batches = Batcher.oneEpoch(BatchPlan.evaluation(data, scaling, BATCH_SIZE), 0);
    while (batches.hasNext()) {
      Batch batch = batches.next();
      for (int i = 0; i < batch.size(); i++) {
        float[] logits = logits(batch.images(), i * features);
        int best = 0;
        for (int c = 1; c < classes; c++) {
          best = logits[c] > logits[best] ? c : best;
        }
        right += best == batch.labels()[i] ? 1 : 0;
      }
    }
    return right / (double) data.size();
  }

  private void step(Batch batch, float learningRate, float weightDecay) {
    float[][] errors = new float[batch.size()][];
    for (int i = 0; i < batch.size(); i++) {
      errors[i] = softmax(logits(batch.images(), i * features));
      errors[i][batch.labels()[i]] -= 1;
    }
    for (int k = 0; k < weights.length; k++) {
      weights[k] *= 1 - learningRate * weightDecay;
    }
    for (int i = 0; i < batch.size(); i++) {
      for (int c = 0; c < classes; c++) {
        float factor = -learningRate / batch.size() * errors[i][c];
        bias[c] += factor;
        for (int k = 0; k < features; k++) {
          weights[c * features + k] += factor * batch.images()[i * features + k];
        }
      }
    }
  }

  private float[] logits(float[] images, int start) {
    float[] logits = bias.clone();
    for (int c = 0; c < classes; c++) {
      logits[c] += dot(weights, c * features, images, start, features);
    }
    return logits;
  }

  /** Four partial sums, which keeps the processor's arithmetic units busy. */
  private static float dot(float[] a, int aStart, float[] b, int bStart, int length) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    int k = 0;
    for (; k + 3 < length; k += 4) {
      sum0 += a[aStart + k] * b[bStart + k];
      sum1 += a[aStart + k + 1] * b[bStart + k + 1];
      sum2 += a[aStart + k + 2] * b[bStart + k + 2];
      sum3 += a[aStart + k + 3] * b[bStart + k + 3];
    }
    for (; k < length; k++) {
      sum0 += a[aStart + k] * b[bStart + k];
    }
    return (sum0 + sum1) + (sum2 + sum3);
  }

  private static float[] softmax(float[] logits) {
    float largest = Float.NEGATIVE_INFINITY;
    for (float logit : logits) {
      largest = Math.max(largest, logit);
    }
    float[] result = new float[logits.length];
    float sum = 0;
    for (int c = 0; c < logits.length; c++) {
      result[c] = (float) Math.exp(logits[c] - largest);
      sum += result[c];
    }
    for (int c = 0; c < logits.length; c++) {
      result[c] /= sum;
    }
    return result;
  }
}
