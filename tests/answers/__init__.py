"""What becomes of answers: odd, wrong and hostile ones included."""
