"""Who may be sent, and when: state with short locks, for threads, tasks and loops alike. It decides nothing itself."""
